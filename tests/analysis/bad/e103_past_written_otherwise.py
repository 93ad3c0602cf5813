"""A future value."""

import bouton as bt
from bouton.units import ms

CODE = "E103"
AT = "v"
HINT = "v(t - delay)"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV", threshold="v > v(t + dt)")))
    bt.Simulation(net, dt=0.1 * ms)
