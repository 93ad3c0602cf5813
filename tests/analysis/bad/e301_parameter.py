"""A parameter of another dimension than the model's."""

import bouton as bt
from bouton.units import ms

CODE = "E301"
AT = None
HINT = "20*ms"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/tau : mV", parameters={"tau": 10 * ms}), tau=20))
    bt.Simulation(net, dt=0.1 * ms)
