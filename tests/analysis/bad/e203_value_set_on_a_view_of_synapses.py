"""Weights set on some synapses of the projection."""

import bouton as bt
from bouton.units import mV

CODE = "E203"
AT = None
HINT = "sim[…].w"


def build():
    net = bt.Network()
    cell = net.add(bt.Population(2, bt.NeuronModel("dv/dt = -v/(5*ms) : mV", threshold="v > 1*mV")))
    synapses = net.connect(cell, cell, bt.SynapseModel("w : mV", on_pre="v_post += w"))
    synapses[:2].w = 1 * mV
