"""A misspelt slot of a recorder."""

import bouton as bt
from bouton.units import ms

CODE = "E603"
AT = None
HINT = "'after:threshold'"


def build():
    net = bt.Network()
    cell = net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV")))
    sim = bt.Simulation(net, dt=0.1 * ms)
    sim.record(cell, "v", when="after:treshold")
