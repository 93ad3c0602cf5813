"""A parameter that no text can name."""

import bouton as bt
from bouton.units import ms

CODE = "E204"
AT = None


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV", parameters={"tau m": 10 * ms})))
    bt.Simulation(net, dt=0.1 * ms)
