"""The root of a voltage is none."""

import bouton as bt
from bouton.units import ms

CODE = "E301"
AT = "sqrt(v)"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV", threshold="v > 0*mV", reset="v = sqrt(v)")))
    bt.Simulation(net, dt=0.1 * ms)
