"""An interval between two steps."""

import bouton as bt
from bouton.units import ms

CODE = "E403"
AT = None


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV", every=(0.25 * ms, "v = 0*mV"))))
    bt.Simulation(net, dt=0.1 * ms)
