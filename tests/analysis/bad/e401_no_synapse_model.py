"""A connection without a model."""

import bouton as bt
from bouton.units import Hz

CODE = "E401"
AT = None


def build():
    net = bt.Network()
    source = net.add(bt.Poisson(1, 5 * Hz))
    net.connect(source, source, "w : 1")
