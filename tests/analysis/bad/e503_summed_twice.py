"""Two projections sum into one variable."""

import bouton as bt
from bouton.units import ms

CODE = "E503"
AT = "L_post = w : 1 (summed)"
HINT = "two variables"


def build():
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, [1] * ms))
    cell = net.add(bt.Population(3, bt.NeuronModel("L : 1")))
    for _ in range(2):
        net.connect(source, cell, bt.SynapseModel("w : 1\nL_post = w : 1 (summed)"))
    bt.Simulation(net, dt=0.1 * ms)
