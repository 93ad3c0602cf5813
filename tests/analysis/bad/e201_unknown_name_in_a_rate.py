"""A rate of something unknown."""

import bouton as bt
from bouton.units import Hz, ms

CODE = "E201"
AT = "peek"
HINT = "'peak'"


def build():
    net = bt.Network()
    source = net.add(bt.Poisson(5, rate="peek*t/second", parameters={"peak": 5 * Hz}))
    cell = net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV")))
    net.connect(source, cell, bt.SynapseModel("w : 1"))
    bt.Simulation(net, dt=0.1 * ms)
