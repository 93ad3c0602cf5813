"""Noise in a rate."""

import bouton as bt
from bouton.units import ms

CODE = "E506"
AT = "xi"


def build():
    net = bt.Network()
    source = net.add(bt.Poisson(5, rate="xi*Hz**0.5"))
    cell = net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV")))
    net.connect(source, cell, bt.SynapseModel("w : 1"))
    bt.Simulation(net, dt=0.1 * ms)
