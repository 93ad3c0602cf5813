"""A nonlinear equation that is asked to be exact."""

import bouton as bt
from bouton.units import ms

CODE = "E506"
AT = "dv/dt = -v**2/(10*ms*mV) : mV"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v**2/(10*ms*mV) : mV", method="exact")))
    bt.Simulation(net, dt=0.1 * ms)
