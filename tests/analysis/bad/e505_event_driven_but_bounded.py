"""Flagged event-driven, but clamped each step."""

import bouton as bt
from bouton.units import ms

CODE = "E505"
AT = "dx/dt = -x/(10*ms) : 1 (event-driven, min=0)"


def build():
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, [1] * ms))
    cell = net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV")))
    net.connect(source, cell, bt.SynapseModel("dx/dt = -x/(10*ms) : 1 (event-driven, min=0)"))
    bt.Simulation(net, dt=0.1 * ms)
