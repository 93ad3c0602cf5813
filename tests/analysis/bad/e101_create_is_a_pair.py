"""A condition without its interval."""

import bouton as bt

CODE = "E101"
AT = None


def build():
    bt.SynapseModel("w : 1", create="rand() < 0.1")
