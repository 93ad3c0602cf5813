"""A population without a model."""

import bouton as bt

CODE = "E401"
AT = None


def build():
    bt.Population(3, "dv/dt = -v/tau : mV")
