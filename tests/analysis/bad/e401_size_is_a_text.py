"""A size in quotes."""

import bouton as bt
from bouton.units import Hz

CODE = "E401"
AT = None


def build():
    bt.Poisson("3", 5 * Hz)
