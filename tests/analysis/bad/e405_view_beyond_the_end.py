"""A view of a neuron that is not there."""

import bouton as bt
from bouton.units import Hz

CODE = "E405"
AT = None


def build():
    bt.Poisson(3, 5 * Hz)[[1, 3]]
