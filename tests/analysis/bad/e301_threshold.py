"""A threshold that compares a voltage with a number."""

import bouton as bt
from bouton.units import ms

CODE = "E301"
AT = "v > -50"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV", threshold="v > -50")))
    bt.Simulation(net, dt=0.1 * ms)
