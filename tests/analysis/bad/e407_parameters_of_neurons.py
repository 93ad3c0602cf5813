"""Two values of a parameter for three neurons."""

import bouton as bt
from bouton.units import ms

CODE = "E407"
AT = None


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/tau : mV", parameters={"tau": [10, 20] * ms})))
    bt.Simulation(net, dt=0.1 * ms)
