"""A spike between two steps."""

import bouton as bt
from bouton.units import ms

CODE = "E403"
AT = None
HINT = "off_grid='round'"


def build():
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, [0.15] * ms))
    cell = net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV")))
    net.connect(source, cell, bt.SynapseModel("w : 1"))
    bt.Simulation(net, dt=0.1 * ms)
