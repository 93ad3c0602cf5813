"""A formula of the index, as a text."""

import bouton as bt
from bouton.units import ms

CODE = "E401"
AT = None
HINT = "without quotes"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV"), v="i*mV"))
    bt.Simulation(net, dt=0.1 * ms)
