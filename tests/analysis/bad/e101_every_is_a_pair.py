"""A regular block without its interval."""

import bouton as bt
from bouton.units import ms

CODE = "E101"
AT = None


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV", every="v = 0*mV")))
    bt.Simulation(net, dt=0.1 * ms)
