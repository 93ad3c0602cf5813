"""A draw for each neuron, as a text."""

import bouton as bt
from bouton.units import ms

CODE = "E401"
AT = None
HINT = "bt.Normal("


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV"), v="randn()*5*mV - 70*mV"))
    bt.Simulation(net, dt=0.1 * ms)
