"""A population of less than nobody."""

import bouton as bt
from bouton.units import Hz

CODE = "E406"
AT = None


def build():
    bt.Poisson(-1, 5 * Hz)
