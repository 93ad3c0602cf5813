"""An equation without a unit."""

import bouton as bt
from bouton.units import ms

CODE = "E101"
AT = "dv/dt = -v/tau"
HINT = "dv/dt = -v/tau : 1"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/tau")))
    bt.Simulation(net, dt=0.1 * ms)
