"""The index of a neuron, which texts do not know."""

import bouton as bt
from bouton.units import ms

CODE = "E201"
AT = "i"
HINT = "np.arange(n)"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = (i*mV - v)/(10*ms) : mV")))
    bt.Simulation(net, dt=0.1 * ms)
