"""A delay between two steps."""

import bouton as bt
from bouton.units import ms

CODE = "E403"
AT = None
HINT = "ms"


def build():
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, [1] * ms))
    cell = net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV")))
    net.connect(source, cell, bt.SynapseModel("w : 1"), axonal_delay=0.15 * ms)
    bt.Simulation(net, dt=0.1 * ms)
