"""New synapses have no place in a list of delays."""

import bouton as bt
from bouton.units import ms

CODE = "E404"
AT = None


def build():
    net = bt.Network()
    source = net.add(bt.Population(3, bt.NeuronModel("a : 1\nb : mV\nI = lastspike/ms : 1", threshold="a > 1", reset="a = 0")))
    cell = net.add(bt.Population(3, bt.NeuronModel("v : 1")))
    net.connect(
        source,
        cell,
        bt.SynapseModel("w : 1", create=(1 * ms, "a_pre > 0")),
        target="v",
        pattern=bt.OneToOne(),
        axonal_delay=[1, 2, 3] * ms,
    )
    bt.Simulation(net, dt=0.1 * ms)
