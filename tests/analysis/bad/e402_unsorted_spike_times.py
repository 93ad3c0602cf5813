"""A train out of order."""

import bouton as bt
from bouton.units import ms

CODE = "E402"
AT = None
HINT = "numpy.sort"


def build():
    bt.SpikeTimes(2, [3, 1, 2, 2] * ms, [0, 1, 1, 0])
