"""A number that is infinite as a float."""

import bouton as bt
from bouton.units import ms

CODE = "E401"
AT = "1e999"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = 1e999*mV/ms : mV")))
    bt.Simulation(net, dt=0.1 * ms)
