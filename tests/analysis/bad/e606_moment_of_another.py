"""A moment belongs to the simulation that was saved."""

import bouton as bt
from bouton.units import ms

CODE = "E606"
AT = None
HINT = "save(path)"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV")))
    one, other = (bt.Simulation(net, dt=0.1 * ms) for _ in range(2))
    other.restore(one.save())
