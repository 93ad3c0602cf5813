"""Another simulator's way to make a number of a condition."""

import bouton as bt

CODE = "E103"
AT = "int"
HINT = "where("


def build():
    bt.NeuronModel("dv/dt = -int(v > 1)/(10*ms) : 1")
