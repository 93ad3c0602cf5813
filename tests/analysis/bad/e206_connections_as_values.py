"""Indices of pairs given by name, as elsewhere."""

import bouton as bt
from bouton.units import ms

CODE = "E206"
AT = None
HINT = "bt.Pairs([…], […])"


def build():
    net = bt.Network()
    source = net.add(bt.SpikeTimes(2, [1] * ms, [0]))
    cell = net.add(bt.Population(2, bt.NeuronModel("dge/dt = -ge/(5*ms) : mV")))
    net.connect(source, cell, bt.SynapseModel("w : mV", on_pre="ge_post += w"), i=[1], j=[0])
    bt.Simulation(net, dt=0.1 * ms)
