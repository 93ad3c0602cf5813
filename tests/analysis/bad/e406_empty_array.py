"""A timed array without values."""

import bouton as bt
from bouton.units import ms, mV

CODE = "E406"
AT = None


def build():
    bt.TimedArray([] * mV, dt=1 * ms)
