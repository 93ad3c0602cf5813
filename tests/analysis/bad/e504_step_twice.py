"""A step that occurs twice."""

import bouton as bt
from bouton.units import ms

CODE = "E504"
AT = None


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV")))
    bt.Simulation(net, dt=0.1 * ms, step_order=("integrate", "threshold", "reset", "reset"))
