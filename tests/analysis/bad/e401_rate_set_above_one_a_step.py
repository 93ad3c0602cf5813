"""A rate set above 1/dt."""

import bouton as bt
from bouton.units import Hz, ms

CODE = "E401"
AT = None


def build():
    net = bt.Network()
    source = net.add(bt.Poisson(5, 15 * Hz))
    sim = bt.Simulation(net, dt=0.1 * ms)
    sim[source].rate = 20000 * Hz
