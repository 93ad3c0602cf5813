"""A regular train that would spike twice in a step."""

import bouton as bt
from bouton.units import ms

CODE = "E401"
AT = None


def build():
    net = bt.Network()
    source = net.add(bt.Regular(3, period=0.05 * ms))
    cell = net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV")))
    net.connect(source, cell, bt.SynapseModel("w : 1"))
    bt.Simulation(net, dt=0.1 * ms)
