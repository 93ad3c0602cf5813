"""A time step that is not a number."""

import bouton as bt
from bouton.units import Hz, ms

CODE = "E601"
AT = None


def build():
    net = bt.Network()
    net.add(bt.Poisson(1, 5 * Hz))
    bt.Simulation(net, dt=float("nan") * ms)
