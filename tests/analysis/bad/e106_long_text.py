"""A text beyond reason."""

import bouton as bt

CODE = "E106"
AT = None


def build():
    bt.NeuronModel("v : mV\n" * 3000)
