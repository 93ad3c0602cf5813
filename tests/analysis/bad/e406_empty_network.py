"""A network without populations."""

import bouton as bt
from bouton.units import ms

CODE = "E406"
AT = None


def build():
    bt.Simulation(bt.Network(), dt=0.1 * ms)
