"""Weights of spikes with a unit that the rule does not expect."""

import bouton as bt
from bouton.units import ms, nS

CODE = "E301"
AT = "spike_weight"


def build():
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, [1] * ms, weights=[2] * nS))
    cell = net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV")))
    net.connect(source, cell, bt.SynapseModel("w : 1", on_pre="w = spike_weight"))
    bt.Simulation(net, dt=0.1 * ms)
