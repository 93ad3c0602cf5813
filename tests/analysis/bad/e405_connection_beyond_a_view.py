"""Indices count within a view."""

import bouton as bt
from bouton.units import Hz, ms

CODE = "E405"
AT = None


def build():
    net = bt.Network()
    cells = net.add(bt.Poisson(10, 5 * Hz))
    net.connect(cells[:5], cells, bt.SynapseModel("w : 1"), pattern=bt.Pairs([7], [0]))
    bt.Simulation(net, dt=0.1 * ms)
