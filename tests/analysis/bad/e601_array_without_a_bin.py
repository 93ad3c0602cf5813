"""A timed array with bins of no length."""

import bouton as bt
from bouton.units import ms, mV

CODE = "E601"
AT = None


def build():
    bt.TimedArray([1, 2] * mV, dt=0 * ms)
