"""An operator that the language does not have."""

import bouton as bt
from bouton.units import ms

CODE = "E102"
AT = "v % mV"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV", threshold="v % mV > 0*mV")))
    bt.Simulation(net, dt=0.1 * ms)
