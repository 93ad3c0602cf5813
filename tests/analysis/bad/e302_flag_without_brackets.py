"""A flag in the place of the unit."""

import bouton as bt
from bouton.units import ms

CODE = "E302"
AT = "mV unless refractory"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV unless refractory")))
    bt.Simulation(net, dt=0.1 * ms)
