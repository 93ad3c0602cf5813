"""A parameter is set through .parameters."""

import bouton as bt
from bouton.units import ms

CODE = "E206"
AT = None
HINT = "parameters.tau"


def build():
    net = bt.Network()
    cell = net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/tau : mV", parameters={"tau": 10 * ms})))
    sim = bt.Simulation(net, dt=0.1 * ms)
    sim[cell].tau = 3 * ms
