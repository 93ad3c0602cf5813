"""A condition for the end of the refractory period."""

import bouton as bt
from bouton.units import ms

CODE = "E506"
AT = None
HINT = "v(t-dt)"


def build():
    net = bt.Network()
    net.add(bt.Population(2, bt.NeuronModel("dv/dt = -v/(5*ms) : mV", threshold="v > 1*mV", refractory="v > 0*mV")))
    bt.Simulation(net, dt=0.1 * ms)
