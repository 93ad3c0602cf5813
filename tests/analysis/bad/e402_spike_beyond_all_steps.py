"""A spike after the last step that can be counted."""

import bouton as bt
from bouton.units import ms, second

CODE = "E402"
AT = None


def build():
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, [1e9] * second))
    cell = net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV")))
    net.connect(source, cell, bt.SynapseModel("w : 1"))
    bt.Simulation(net, dt=0.1 * ms)
