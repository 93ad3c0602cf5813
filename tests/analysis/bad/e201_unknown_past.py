"""The past of something unknown."""

import bouton as bt
from bouton.units import ms

CODE = "E201"
AT = "vv(t - dt)"
HINT = "'v'"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV", threshold="v > vv(t - dt)")))
    bt.Simulation(net, dt=0.1 * ms)
