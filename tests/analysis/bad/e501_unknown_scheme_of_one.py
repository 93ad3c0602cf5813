"""A misspelt scheme of one variable."""

import bouton as bt
from bouton.units import ms

CODE = "E501"
AT = None
HINT = "'rk"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV", method={"v": "rk5"})))
    bt.Simulation(net, dt=0.1 * ms)
