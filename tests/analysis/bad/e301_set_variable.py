"""A variable set to another dimension."""

import bouton as bt
from bouton.units import ms

CODE = "E301"
AT = None


def build():
    net = bt.Network()
    cell = net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV")))
    sim = bt.Simulation(net, dt=0.1 * ms)
    sim[cell].v = 3 * ms
