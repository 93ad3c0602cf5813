"""A block that runs at no interval."""

import bouton as bt
from bouton.units import ms

CODE = "E404"
AT = None


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV", every=(0 * ms, "v = 0*mV"))))
    bt.Simulation(net, dt=0.1 * ms)
