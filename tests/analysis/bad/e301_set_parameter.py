"""A parameter set to another dimension."""

import bouton as bt
from bouton.units import ms, mV

CODE = "E301"
AT = None


def build():
    net = bt.Network()
    cell = net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/tau : mV", parameters={"tau": 10 * ms})))
    sim = bt.Simulation(net, dt=0.1 * ms)
    sim[cell].parameters.tau = 3 * mV
