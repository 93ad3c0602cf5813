"""A spike at no time."""

import bouton as bt
from bouton.units import ms

CODE = "E402"
AT = None


def build():
    bt.SpikeTimes(1, [1, float("nan")] * ms)
