"""A number where a condition belongs."""

import bouton as bt
from bouton.units import ms

CODE = "E303"
AT = "v"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV", threshold="v > 0*mV and v")))
    bt.Simulation(net, dt=0.1 * ms)
