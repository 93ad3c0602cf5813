"""Statements in a list."""

import bouton as bt
from bouton.units import ms

CODE = "E101"
AT = None


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV", threshold="v > 0*mV", reset=["v = 0*mV"])))
    bt.Simulation(net, dt=0.1 * ms)
