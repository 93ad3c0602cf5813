"""Recording a population that the simulation does not know."""

import bouton as bt
from bouton.units import ms

CODE = "E409"
AT = None


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV")))
    sim = bt.Simulation(net, dt=0.1 * ms)
    sim.record(bt.Population(1, bt.NeuronModel("v : mV")), "v")
