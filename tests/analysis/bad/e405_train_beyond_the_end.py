"""A spike of a train that is not there."""

import bouton as bt
from bouton.units import ms

CODE = "E405"
AT = None


def build():
    bt.SpikeTimes(2, [1, 2] * ms, [0, 2])
