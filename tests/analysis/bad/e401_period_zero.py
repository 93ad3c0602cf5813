"""A regular source without a period."""

import bouton as bt
from bouton.units import ms

CODE = "E401"
AT = None


def build():
    bt.Regular(3, period=0 * ms)
