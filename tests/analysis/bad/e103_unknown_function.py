"""A function that the language does not have."""

import bouton as bt
from bouton.units import ms

CODE = "E103"
AT = "Exp"
HINT = "'exp'"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = Exp(-v/mV)*mV/tau : mV")))
    bt.Simulation(net, dt=0.1 * ms)
