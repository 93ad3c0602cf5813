"""A synapse that writes a neuron's variable without saying that it is the neuron's."""

import bouton as bt
from bouton.units import ms

CODE = "E201"
AT = "ge"
HINT = "'ge_post'"


def build():
    net = bt.Network()
    source = net.add(bt.SpikeTimes(2, [1] * ms, [0]))
    cell = net.add(bt.Population(2, bt.NeuronModel("dge/dt = -ge/(5*ms) : mV")))
    net.connect(source, cell, bt.SynapseModel("w : mV", on_pre="ge += w"))
    bt.Simulation(net, dt=0.1 * ms)
