"""Spike trains in the order of another simulator: indices, then times."""

import bouton as bt
from bouton.units import ms

CODE = "E301"
AT = None
HINT = "SpikeTimes(size, times, indices)"


def build():
    bt.SpikeTimes(3, [0, 1, 2], [1, 2, 3] * ms)
