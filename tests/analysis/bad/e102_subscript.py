"""A subscript in an equation."""

import bouton as bt
from bouton.units import ms

CODE = "E102"
AT = "w[0]"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -w[0]/tau : mV")))
    bt.Simulation(net, dt=0.1 * ms)
