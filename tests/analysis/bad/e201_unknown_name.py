"""A misspelt parameter."""

import bouton as bt
from bouton.units import ms

CODE = "E201"
AT = "tua"
HINT = "'tau'"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/tua : mV", parameters={"tau": 10 * ms})))
    bt.Simulation(net, dt=0.1 * ms)
