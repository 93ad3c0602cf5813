"""A rate written as a voltage."""

import bouton as bt
from bouton.units import ms

CODE = "E301"
AT = "5*mV"


def build():
    net = bt.Network()
    source = net.add(bt.Poisson(5, rate="5*mV"))
    cell = net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV")))
    net.connect(source, cell, bt.SynapseModel("w : 1"))
    bt.Simulation(net, dt=0.1 * ms)
