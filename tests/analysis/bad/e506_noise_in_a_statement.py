"""Noise at an instant."""

import bouton as bt
from bouton.units import ms

CODE = "E506"
AT = "xi"
HINT = "randn()"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV", threshold="v > 0*mV", reset="v = xi*mV*second**0.5")))
    bt.Simulation(net, dt=0.1 * ms)
