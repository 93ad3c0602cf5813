"""A view of nobody."""

import bouton as bt
from bouton.units import Hz

CODE = "E406"
AT = None


def build():
    bt.Poisson(3, 5 * Hz)[3:]
