"""A past value with a delay that is no time."""

import bouton as bt
from bouton.units import ms

CODE = "E301"
AT = "2"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV", threshold="v > v(t - 2)")))
    bt.Simulation(net, dt=0.1 * ms)
