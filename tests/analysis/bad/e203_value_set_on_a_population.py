"""Initial values set on the population, where nobody would read them."""

import bouton as bt
from bouton.units import mV

CODE = "E203"
AT = None
HINT = "sim[…].v"


def build():
    net = bt.Network()
    cell = net.add(bt.Population(2, bt.NeuronModel("dv/dt = -v/(5*ms) : mV", threshold="v > 1*mV")))
    cell.v = -60 * mV
