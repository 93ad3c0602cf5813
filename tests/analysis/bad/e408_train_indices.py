"""Spikes of which nobody knows the train."""

import bouton as bt
from bouton.units import ms

CODE = "E408"
AT = None


def build():
    bt.SpikeTimes(2, [1, 2] * ms)
