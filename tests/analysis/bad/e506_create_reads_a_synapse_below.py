"""The same, through a sub-expression."""

import bouton as bt
from bouton.units import ms

CODE = "E506"
AT = "strong"


def build():
    net = bt.Network()
    source = net.add(bt.Population(3, bt.NeuronModel("a : 1\nb : mV\nI = lastspike/ms : 1", threshold="a > 1", reset="a = 0")))
    cell = net.add(bt.Population(3, bt.NeuronModel("v : 1")))
    net.connect(
        source,
        cell,
        bt.SynapseModel("w : 1\nstrong = 2*w : 1", create=(1 * ms, "strong > 0")),
        target="v",
        pattern=bt.OneToOne(),
    )
    bt.Simulation(net, dt=0.1 * ms)
