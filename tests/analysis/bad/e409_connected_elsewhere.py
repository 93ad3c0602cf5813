"""A connection to a population of no network."""

import bouton as bt
from bouton.units import Hz

CODE = "E409"
AT = None


def build():
    net = bt.Network()
    source = net.add(bt.Poisson(1, 5 * Hz))
    net.connect(source, bt.Poisson(1, 5 * Hz), bt.SynapseModel("w : 1"))
