"""A unit that does not exist."""

import bouton as bt
from bouton.units import ms

CODE = "E302"
AT = "mVV"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mVV")))
    bt.Simulation(net, dt=0.1 * ms)
