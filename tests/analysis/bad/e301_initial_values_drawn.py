"""A distribution of another dimension."""

import bouton as bt
from bouton.units import ms

CODE = "E301"
AT = None


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV"), v=bt.Uniform(0 * ms, 1 * ms)))
    bt.Simulation(net, dt=0.1 * ms)
