"""A function of time where a value belongs."""

import bouton as bt
from bouton.units import ms, mV

CODE = "E401"
AT = None


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV"), v=bt.TimedArray([1, 2] * mV, dt=1 * ms)))
    bt.Simulation(net, dt=0.1 * ms)
