"""A rate without a unit."""

import bouton as bt

CODE = "E301"
AT = None
HINT = "20*Hz"


def build():
    bt.Poisson(10, rate=15)
