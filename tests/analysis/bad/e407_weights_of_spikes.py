"""More weights than spikes."""

import bouton as bt
from bouton.units import ms

CODE = "E407"
AT = None


def build():
    bt.SpikeTimes(1, [1, 2] * ms, weights=[1, 2, 3])
