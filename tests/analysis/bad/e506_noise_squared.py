"""Noise that does not enter linearly."""

import bouton as bt
from bouton.units import ms, mV

CODE = "E506"
AT = "dv/dt = sigma*xi**2 : mV"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = sigma*xi**2 : mV", method="euler_maruyama", parameters={"sigma": 1 * mV})))
    bt.Simulation(net, dt=0.1 * ms)
