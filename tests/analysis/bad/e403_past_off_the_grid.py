"""A past value between two steps."""

import bouton as bt
from bouton.units import ms

CODE = "E403"
AT = None


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV", threshold="v > v(t - 0.25*ms)")))
    bt.Simulation(net, dt=0.1 * ms)
