"""An initial value without its unit."""

import bouton as bt
from bouton.units import ms

CODE = "E301"
AT = None
HINT = "20*mV"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV"), v=-60))
    bt.Simulation(net, dt=0.1 * ms)
