"""Another simulator's word for what is shared."""

import bouton as bt

CODE = "E105"
AT = "scalar"
HINT = "shared"


def build():
    bt.NeuronModel("dv/dt = (I - v)/(10*ms) : 1\nI : 1 (scalar)")
