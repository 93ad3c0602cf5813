"""A condition that reads what only a run knows."""

import bouton as bt
from bouton.units import ms

CODE = "E506"
AT = "lastspike_pre"


def build():
    net = bt.Network()
    source = net.add(bt.Population(3, bt.NeuronModel("a : 1\nb : mV\nI = lastspike/ms : 1", threshold="a > 1", reset="a = 0")))
    cell = net.add(bt.Population(3, bt.NeuronModel("v : 1")))
    net.connect(source, cell, bt.SynapseModel("w : 1", prune=(1 * ms, "lastspike_pre < 3*ms")), target="v", pattern=bt.OneToOne())
    bt.Simulation(net, dt=0.1 * ms)
