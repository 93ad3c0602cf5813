"""A local name keeps its dimension."""

import bouton as bt
from bouton.units import ms

CODE = "E301"
AT = "2*mV"


def build():
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, [1] * ms))
    cell = net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV")))
    net.connect(source, cell, bt.SynapseModel("w : 1", on_pre="a = w; a += 2*mV; w = a"))
    bt.Simulation(net, dt=0.1 * ms)
