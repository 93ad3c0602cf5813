"""A simulation of nothing."""

import bouton as bt
from bouton.units import ms

CODE = "E401"
AT = None


def build():
    bt.Simulation(None, dt=0.1 * ms)
