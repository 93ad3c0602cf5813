"""A misspelt scheme."""

import bouton as bt
from bouton.units import ms

CODE = "E501"
AT = None
HINT = "'euler'"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV", method="eulr")))
    bt.Simulation(net, dt=0.1 * ms)
