"""Flagged event-driven, but on a neuron."""

import bouton as bt
from bouton.units import ms

CODE = "E505"
AT = "dv/dt = -v/(10*ms) : mV (event-driven)"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV (event-driven)")))
    bt.Simulation(net, dt=0.1 * ms)
