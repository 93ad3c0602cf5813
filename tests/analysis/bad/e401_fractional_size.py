"""Half a neuron."""

import bouton as bt
from bouton.units import Hz

CODE = "E401"
AT = None


def build():
    bt.Poisson(2.5, 5 * Hz)
