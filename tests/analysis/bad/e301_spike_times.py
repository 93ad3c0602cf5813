"""Spike times without a unit."""

import bouton as bt

CODE = "E301"
AT = None
HINT = "20*ms"


def build():
    bt.SpikeTimes(1, [1, 2, 3])
