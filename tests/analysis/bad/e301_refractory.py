"""A refractory period in millivolts."""

import bouton as bt
from bouton.units import ms, mV

CODE = "E301"
AT = None


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV", threshold="v > 0*mV", refractory=2 * mV)))
    bt.Simulation(net, dt=0.1 * ms)
