"""Two rules on one synapse, each of which delivers by itself."""

import bouton as bt

CODE = "E507"
AT = None
HINT = "transmit = w"


def build():
    modulation = bt.SynapseModel("x : 1", on_pre="transmit = 1 - x; x += 0.1", name="modulation")
    _ = modulation & bt.SynapseModel("w : 1", on_pre="target += w", name="weight")
