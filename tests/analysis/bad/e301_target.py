"""A rule that adds a number to a voltage, by its target."""

import bouton as bt
from bouton.units import ms

CODE = "E301"
AT = "2*w"


def build():
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, [1] * ms))
    cell = net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV")))
    net.connect(source, cell, bt.SynapseModel("w : 1", on_pre="target += 2*w"), target="v")
    bt.Simulation(net, dt=0.1 * ms)
