"""A misspelt flag."""

import bouton as bt
from bouton.units import ms

CODE = "E105"
AT = "unless refractry"
HINT = "'unless refractory'"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/tau : mV (unless refractry)")))
    bt.Simulation(net, dt=0.1 * ms)
