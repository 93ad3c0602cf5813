"""A negative rate."""

import bouton as bt
from bouton.units import Hz

CODE = "E401"
AT = None


def build():
    bt.Poisson(2, rate=[5, -1] * Hz)
