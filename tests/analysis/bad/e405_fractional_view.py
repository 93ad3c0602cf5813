"""A view of half a neuron."""

import bouton as bt
from bouton.units import Hz

CODE = "E405"
AT = None


def build():
    bt.Poisson(3, 5 * Hz)[[0.5]]
