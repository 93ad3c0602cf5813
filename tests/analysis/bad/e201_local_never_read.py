"""A misspelt left side would be a local name that nobody reads."""

import bouton as bt
from bouton.units import ms

CODE = "E201"
AT = "ww"
HINT = "'w'"


def build():
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, [1] * ms))
    cell = net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV")))
    net.connect(source, cell, bt.SynapseModel("w : 1", on_pre="ww = clip(w + 1, 0, 1)"))
    bt.Simulation(net, dt=0.1 * ms)
