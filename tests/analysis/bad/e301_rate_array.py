"""Rates in an array of another dimension."""

import bouton as bt
from bouton.units import ms, mV

CODE = "E301"
AT = None


def build():
    bt.Poisson(10, rate=bt.TimedArray([1, 2] * mV, dt=1 * ms))
