"""A distribution whose low end is above its high one."""

import bouton as bt
from bouton.units import mV

CODE = "E401"
AT = None


def build():
    bt.Uniform(2 * mV, 1 * mV)
