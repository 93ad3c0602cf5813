"""An attribute in an equation."""

import bouton as bt
from bouton.units import ms

CODE = "E102"
AT = "w.shape"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -w.shape : mV")))
    bt.Simulation(net, dt=0.1 * ms)
