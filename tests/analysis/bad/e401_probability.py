"""A probability above 1."""

import bouton as bt

CODE = "E401"
AT = None


def build():
    bt.Bernoulli(1.5)
