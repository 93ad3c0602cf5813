"""Setting a misspelt parameter."""

import bouton as bt
from bouton.units import ms

CODE = "E206"
AT = None
HINT = "'tau'"


def build():
    net = bt.Network()
    cell = net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/tau : mV", parameters={"tau": 10 * ms})))
    sim = bt.Simulation(net, dt=0.1 * ms)
    sim[cell].parameters.tua = 3 * ms
