"""A statement writes the time."""

import bouton as bt
from bouton.units import ms

CODE = "E203"
AT = "t"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV", threshold="v > 0*mV", reset="t = 0*ms")))
    bt.Simulation(net, dt=0.1 * ms)
