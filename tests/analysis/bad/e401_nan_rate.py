"""A rate that is not a number."""

import bouton as bt
from bouton.units import Hz

CODE = "E401"
AT = None


def build():
    bt.Poisson(10, rate=float("nan") * Hz)
