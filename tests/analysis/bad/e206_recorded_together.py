"""Two variables in one recording."""

import bouton as bt
from bouton.units import ms

CODE = "E206"
AT = None
HINT = "each of several"


def build():
    net = bt.Network()
    cell = net.add(bt.Population(2, bt.NeuronModel("dv/dt = -v/(5*ms) : mV", threshold="v > 1*mV")))
    bt.Simulation(net, dt=0.1 * ms).record(cell, ["v", "u"])
