"""A regular source that begins before the beginning."""

import bouton as bt
from bouton.units import ms

CODE = "E401"
AT = None


def build():
    bt.Regular(3, period=1 * ms, start=-1 * ms)
