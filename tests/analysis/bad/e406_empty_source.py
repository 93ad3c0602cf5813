"""A source of no trains."""

import bouton as bt
from bouton.units import ms

CODE = "E406"
AT = None


def build():
    bt.SpikeTimes(0, [] * ms)
