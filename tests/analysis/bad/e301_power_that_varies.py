"""A voltage to a power that is not a plain number."""

import bouton as bt
from bouton.units import ms

CODE = "E301"
AT = "v**n"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = v**n/ms : mV", method="euler", parameters={"n": 2})))
    bt.Simulation(net, dt=0.1 * ms)
