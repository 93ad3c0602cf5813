"""A spike before the beginning."""

import bouton as bt
from bouton.units import ms

CODE = "E402"
AT = None


def build():
    bt.SpikeTimes(1, [-2, 1] * ms)
