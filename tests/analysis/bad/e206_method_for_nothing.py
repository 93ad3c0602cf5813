"""A scheme for something that has no equation."""

import bouton as bt
from bouton.units import ms

CODE = "E206"
AT = None


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV", method={"u": "rk4"})))
    bt.Simulation(net, dt=0.1 * ms)
