"""A constant that changes."""

import bouton as bt
from bouton.units import ms

CODE = "E105"
AT = "dv/dt = -v/(10*ms) : mV (constant)"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV (constant)")))
    bt.Simulation(net, dt=0.1 * ms)
