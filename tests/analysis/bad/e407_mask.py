"""A mask of another length."""

import bouton as bt
from bouton.units import Hz

CODE = "E407"
AT = None


def build():
    bt.Poisson(3, 5 * Hz)[[True, False]]
