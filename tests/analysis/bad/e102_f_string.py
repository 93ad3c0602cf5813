"""An f-string, which could hold anything."""

import bouton as bt
from bouton.units import ms

CODE = "E102"
AT = "f'{w.__class__}'"


def build():
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, [1] * ms))
    cell = net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV")))
    net.connect(source, cell, bt.SynapseModel("w : 1", on_pre="w = f'{w.__class__}'"))
    bt.Simulation(net, dt=0.1 * ms)
