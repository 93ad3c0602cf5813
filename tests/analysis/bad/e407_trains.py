"""More times than indices."""

import bouton as bt
from bouton.units import ms

CODE = "E407"
AT = None


def build():
    bt.SpikeTimes(2, [1, 2] * ms, [0])
