"""A random draw within a differential equation."""

import bouton as bt
from bouton.units import ms

CODE = "E506"
AT = "rand()"
HINT = "xi"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = (rand()*mV - v)/(10*ms) : mV", method="euler")))
    bt.Simulation(net, dt=0.1 * ms)
