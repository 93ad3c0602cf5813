"""Synapses are never refractory."""

import bouton as bt
from bouton.units import ms

CODE = "E105"
AT = "dw/dt = -w/(10*ms) : 1 (unless refractory)"


def build():
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, [1] * ms))
    cell = net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV")))
    net.connect(source, cell, bt.SynapseModel("dw/dt = -w/(10*ms) : 1 (unless refractory)"))
    bt.Simulation(net, dt=0.1 * ms)
