"""A misspelt unit."""

import bouton as bt
from bouton.units import ms

CODE = "E201"
AT = "mVV"
HINT = "'mV'"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = (3*mVV - v)/(10*ms) : mV")))
    bt.Simulation(net, dt=0.1 * ms)
