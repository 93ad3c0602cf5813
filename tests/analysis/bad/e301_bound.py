"""A bound of another dimension."""

import bouton as bt
from bouton.units import ms

CODE = "E301"
AT = "0*ms"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV (min=0*ms)")))
    bt.Simulation(net, dt=0.1 * ms)
