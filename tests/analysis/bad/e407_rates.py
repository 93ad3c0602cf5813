"""Two rates for three trains."""

import bouton as bt
from bouton.units import Hz, ms

CODE = "E407"
AT = None


def build():
    net = bt.Network()
    source = net.add(bt.Poisson(3, rate=[5, 6] * Hz))
    cell = net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV")))
    net.connect(source, cell, bt.SynapseModel("w : 1"))
    bt.Simulation(net, dt=0.1 * ms)
