"""An expression nested beyond reason."""

import bouton as bt

CODE = "E106"
AT = "----------------------------------------------------------------------v"


def build():
    bt.NeuronModel("dv/dt = " + "-" * 70 + "v : mV")
