"""A population whose name is none."""

import bouton as bt
from bouton.units import Hz

CODE = "E401"
AT = None


def build():
    net = bt.Network()
    net.add(bt.Poisson(1, 5 * Hz), name="my input")
