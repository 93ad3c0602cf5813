"""A name with two underscores on the left."""

import bouton as bt
from bouton.units import ms

CODE = "E204"
AT = "__v"
HINT = "v"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("d__v/dt = 1/ms : 1")))
    bt.Simulation(net, dt=0.1 * ms)
