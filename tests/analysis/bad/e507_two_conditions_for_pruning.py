"""Two parts that decide which synapses go."""

import bouton as bt
from bouton.units import ms

CODE = "E507"
AT = None


def build():
    net = bt.Network()
    source = net.add(bt.Population(3, bt.NeuronModel("a : 1\nb : mV\nI = lastspike/ms : 1", threshold="a > 1", reset="a = 0")))
    cell = net.add(bt.Population(3, bt.NeuronModel("v : 1")))
    rule = bt.SynapseModel("w : 1", prune=(1 * ms, "w < 0.5"), name="one")
    net.connect(source, cell, rule & rule.named("other"), target="v")
    bt.Simulation(net, dt=0.1 * ms)
