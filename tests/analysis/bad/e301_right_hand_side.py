"""A derivative without a time."""

import bouton as bt
from bouton.units import ms, mV

CODE = "E301"
AT = "E_L - v"
HINT = "/tau"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = E_L - v : mV", parameters={"E_L": -60 * mV})))
    bt.Simulation(net, dt=0.1 * ms)
