"""A word of Python on the left."""

import bouton as bt
from bouton.units import ms

CODE = "E204"
AT = "lambda"
HINT = "lambda_"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dlambda/dt = -v/tau : mV")))
    bt.Simulation(net, dt=0.1 * ms)
