"""The exponential of a voltage."""

import bouton as bt
from bouton.units import ms

CODE = "E301"
AT = "v"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = exp(v)*mV/ms : mV", method="euler")))
    bt.Simulation(net, dt=0.1 * ms)
