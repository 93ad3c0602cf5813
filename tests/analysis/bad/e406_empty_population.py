"""A population of nobody."""

import bouton as bt

CODE = "E406"
AT = None


def build():
    bt.Population(0, bt.NeuronModel("v : mV"))
