"""Another simulator's word for what is advanced in each step."""

import bouton as bt

CODE = "E105"
AT = "clock-driven"
HINT = "found out"


def build():
    bt.SynapseModel("dx/dt = -x/(10*ms) : 1 (clock-driven)")
