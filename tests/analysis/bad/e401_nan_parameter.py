"""A parameter that is not a number."""

import bouton as bt
from bouton.units import ms

CODE = "E401"
AT = None


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/tau : mV", parameters={"tau": float("nan") * ms})))
    bt.Simulation(net, dt=0.1 * ms)
