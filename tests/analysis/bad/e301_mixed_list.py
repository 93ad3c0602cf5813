"""A list of values of different dimensions."""

import bouton as bt
from bouton.units import ms, mV

CODE = "E301"
AT = None


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV"), v=[1 * mV, 2 * ms, 3 * mV]))
    bt.Simulation(net, dt=0.1 * ms)
