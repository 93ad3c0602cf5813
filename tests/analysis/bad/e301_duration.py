"""A duration without a unit."""

import bouton as bt
from bouton.units import ms

CODE = "E301"
AT = None
HINT = "20*ms"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV")))
    sim = bt.Simulation(net, dt=0.1 * ms)
    sim.run(100)
