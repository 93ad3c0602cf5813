"""White noise has the unit of 1/√time."""

import bouton as bt
from bouton.units import ms, mV

CODE = "E301"
AT = "-v/tau + sigma*xi"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/tau + sigma*xi : mV", parameters={"tau": 10 * ms, "sigma": 1 * mV})))
    bt.Simulation(net, dt=0.1 * ms)
