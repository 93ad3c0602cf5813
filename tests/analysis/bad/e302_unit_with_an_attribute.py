"""Units are not looked into."""

import bouton as bt
from bouton.units import ms

CODE = "E302"
AT = "mV.__class__"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("v : mV.__class__")))
    bt.Simulation(net, dt=0.1 * ms)
