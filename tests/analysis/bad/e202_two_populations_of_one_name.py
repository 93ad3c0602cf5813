"""Two populations of one name."""

import bouton as bt
from bouton.units import Hz

CODE = "E202"
AT = None


def build():
    net = bt.Network()
    net.add(bt.Poisson(1, 5 * Hz), name="input")
    net.add(bt.Poisson(1, 5 * Hz), name="input")
