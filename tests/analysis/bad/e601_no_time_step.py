"""A time step of 0."""

import bouton as bt
from bouton.units import Hz, ms

CODE = "E601"
AT = None


def build():
    net = bt.Network()
    net.add(bt.Poisson(1, 5 * Hz))
    bt.Simulation(net, dt=0 * ms)
