"""Local names end with their block."""

import bouton as bt
from bouton.units import ms

CODE = "E201"
AT = "old"


def build():
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, [1] * ms))
    cell = net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV")))
    net.connect(source, cell, bt.SynapseModel("w : 1", on_pre={"one": "old = w; w = 2*old", "two": "w = old"}))
    bt.Simulation(net, dt=0.1 * ms)
