"""Names are never looked up where the model is made."""

import bouton as bt
from bouton.units import ms

CODE = "E201"
AT = "tau"
HINT = "parameters={'tau': …}"


def build():
    tau = 10 * ms  # in sight of the caller, and of nobody else
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/tau : mV")))
    bt.Simulation(net, dt=0.1 * ms)
    return tau
