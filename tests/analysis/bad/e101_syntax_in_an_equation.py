"""An equation that Python's own parser cannot read."""

import bouton as bt
from bouton.units import ms

CODE = "E101"
AT = "*"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/ * tau : mV")))
    bt.Simulation(net, dt=0.1 * ms)
