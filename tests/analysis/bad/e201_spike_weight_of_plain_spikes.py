"""Weights of spikes that have none."""

import bouton as bt
from bouton.units import ms

CODE = "E201"
AT = "spike_weight"
HINT = "weights="


def build():
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, [1] * ms))
    cell = net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV")))
    net.connect(source, cell, bt.SynapseModel("w : 1", on_pre="w = spike_weight"))
    bt.Simulation(net, dt=0.1 * ms)
