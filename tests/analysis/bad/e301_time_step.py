"""A time step without a unit."""

import bouton as bt
from bouton.units import Hz

CODE = "E301"
AT = None
HINT = "20*ms"


def build():
    net = bt.Network()
    net.add(bt.Poisson(1, 5 * Hz))
    bt.Simulation(net, dt=0.1)
