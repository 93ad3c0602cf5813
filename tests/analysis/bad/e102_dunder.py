"""A name with two underscores in front."""

import bouton as bt
from bouton.units import ms

CODE = "E102"
AT = "__builtins__"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV", threshold="v > __builtins__")))
    bt.Simulation(net, dt=0.1 * ms)
