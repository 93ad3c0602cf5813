"""A timed array with a value that is not a number."""

import bouton as bt
from bouton.units import ms, mV

CODE = "E401"
AT = None


def build():
    bt.TimedArray([1, float("nan")] * mV, dt=1 * ms)
