"""A local name is given a value with '=' before."""

import bouton as bt
from bouton.units import ms

CODE = "E201"
AT = "seen"


def build():
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, [1] * ms))
    cell = net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV")))
    net.connect(source, cell, bt.SynapseModel("w : 1", on_pre="seen += 1; w = seen"))
    bt.Simulation(net, dt=0.1 * ms)
