"""What makes a synapse reads what it would have."""

import bouton as bt
from bouton.units import ms

CODE = "E506"
AT = "w"


def build():
    net = bt.Network()
    source = net.add(bt.Population(3, bt.NeuronModel("a : 1\nb : mV\nI = lastspike/ms : 1", threshold="a > 1", reset="a = 0")))
    cell = net.add(bt.Population(3, bt.NeuronModel("v : 1")))
    net.connect(source, cell, bt.SynapseModel("w : 1", create=(1 * ms, "w > 0")), target="v", pattern=bt.OneToOne())
    bt.Simulation(net, dt=0.1 * ms)
