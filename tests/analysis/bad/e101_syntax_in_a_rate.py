"""A rate that cannot be read."""

import bouton as bt

CODE = "E101"
AT = ")"


def build():
    bt.Poisson(10, rate="15*Hz)")
