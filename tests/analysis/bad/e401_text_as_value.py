"""A quantity in quotes."""

import bouton as bt
from bouton.units import ms

CODE = "E401"
AT = None
HINT = "20*ms"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/tau : mV", parameters={"tau": "20 ms"})))
    bt.Simulation(net, dt=0.1 * ms)
