"""A keyword argument."""

import bouton as bt
from bouton.units import ms

CODE = "E102"
AT = "clip(w, low=0, high=1)"


def build():
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, [1] * ms))
    cell = net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV")))
    net.connect(source, cell, bt.SynapseModel("w : 1", on_pre="w = clip(w, low=0, high=1)"))
    bt.Simulation(net, dt=0.1 * ms)
