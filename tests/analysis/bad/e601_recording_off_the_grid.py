"""A recording between two steps."""

import bouton as bt
from bouton.units import ms

CODE = "E601"
AT = None


def build():
    net = bt.Network()
    cell = net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV")))
    sim = bt.Simulation(net, dt=0.1 * ms)
    sim.record(cell, "v", every=0.25 * ms)
