"""Equations that are no text."""

import bouton as bt

CODE = "E101"
AT = None


def build():
    bt.NeuronModel(5)
