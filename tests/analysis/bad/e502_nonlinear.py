"""A nonlinear equation without a scheme."""

import bouton as bt
from bouton.units import ms

CODE = "E502"
AT = "dv/dt = -v**2/(10*ms*mV) : mV"
HINT = "rk4"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v**2/(10*ms*mV) : mV")))
    bt.Simulation(net, dt=0.1 * ms)
