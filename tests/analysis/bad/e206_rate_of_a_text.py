"""A rate that is an equation is not replaced by a number."""

import bouton as bt
from bouton.units import Hz, ms

CODE = "E206"
AT = None


def build():
    net = bt.Network()
    source = net.add(bt.Poisson(1, "5*Hz"))
    sim = bt.Simulation(net, dt=0.1 * ms)
    sim[source].rate = 5 * Hz
