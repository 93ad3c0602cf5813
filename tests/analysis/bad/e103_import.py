"""A call of Python's import."""

import bouton as bt
from bouton.units import ms

CODE = "E103"
AT = "__import__"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV", threshold="v > __import__('os')")))
    bt.Simulation(net, dt=0.1 * ms)
