"""A derivative that does not stand alone on the left."""

import bouton as bt
from bouton.units import ms

CODE = "E101"
AT = "tau*dv/dt = -v"
HINT = "dx/dt = …"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("tau*dv/dt = -v : mV")))
    bt.Simulation(net, dt=0.1 * ms)
