"""A parameter of another dimension than the rule's."""

import bouton as bt
from bouton.units import ms, mV

CODE = "E301"
AT = None


def build():
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, [1] * ms))
    cell = net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV")))
    net.connect(source, cell, bt.SynapseModel("w : 1", on_pre="w += A", parameters={"A": 1}), A=3 * mV)
    bt.Simulation(net, dt=0.1 * ms)
