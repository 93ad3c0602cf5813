"""Synapses that are not stored cannot go."""

import bouton as bt
from bouton.units import ms

CODE = "E506"
AT = None


def build():
    net = bt.Network()
    source = net.add(bt.Population(3, bt.NeuronModel("a : 1\nb : mV\nI = lastspike/ms : 1", threshold="a > 1", reset="a = 0")))
    cell = net.add(bt.Population(3, bt.NeuronModel("v : 1")))
    net.connect(
        source,
        cell,
        bt.SynapseModel(parameters={"w": 1.0}, prune=(1 * ms, "rand() < 0.5"), on_pre="target += w"),
        target="v",
        pattern=bt.AllToAll(),
        stored=False,
    )
    bt.Simulation(net, dt=0.1 * ms)
