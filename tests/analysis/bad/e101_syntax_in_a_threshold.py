"""A threshold that is two expressions."""

import bouton as bt
from bouton.units import ms

CODE = "E101"
AT = "V_t"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV", threshold="v V_t")))
    bt.Simulation(net, dt=0.1 * ms)
