"""A negative refractory period."""

import bouton as bt
from bouton.units import ms

CODE = "E404"
AT = None


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV", threshold="v > 0*mV", refractory=-1 * ms)))
    bt.Simulation(net, dt=0.1 * ms)
