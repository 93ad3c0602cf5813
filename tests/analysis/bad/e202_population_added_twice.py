"""One population, added twice."""

import bouton as bt
from bouton.units import Hz

CODE = "E202"
AT = None


def build():
    net = bt.Network()
    source = net.add(bt.Poisson(1, 5 * Hz))
    net.add(source)
