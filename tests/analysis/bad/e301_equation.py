"""Terms of different dimensions."""

import bouton as bt
from bouton.units import ms

CODE = "E301"
AT = "-v/tau + 3*mV"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/tau + 3*mV : mV", parameters={"tau": 10 * ms})))
    bt.Simulation(net, dt=0.1 * ms)
