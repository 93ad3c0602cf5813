"""A network is given what is no population."""

import bouton as bt

CODE = "E401"
AT = None


def build():
    bt.Network().add(3)
