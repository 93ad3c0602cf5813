"""A block that says twice what it transmits."""

import bouton as bt

CODE = "E203"
AT = "transmit = 2*w"


def build():
    bt.SynapseModel("w : 1", on_pre="transmit = w; transmit = 2*w")
