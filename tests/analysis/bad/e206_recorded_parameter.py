"""Recording what does not change."""

import bouton as bt
from bouton.units import ms

CODE = "E206"
AT = None


def build():
    net = bt.Network()
    cell = net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/tau : mV", parameters={"tau": 10 * ms})))
    sim = bt.Simulation(net, dt=0.1 * ms)
    sim.record(cell, "tau")
