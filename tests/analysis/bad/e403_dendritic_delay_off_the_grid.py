"""One of several delays between two steps."""

import bouton as bt
from bouton.units import ms

CODE = "E403"
AT = None


def build():
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, [1] * ms))
    cell = net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV")))
    net.connect(source, cell, bt.SynapseModel("w : 1"), dendritic_delay=[1, 1.25, 2] * ms)
    bt.Simulation(net, dt=0.1 * ms)
