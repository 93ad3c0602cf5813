"""Values for each where the model was made for one."""

import bouton as bt
from bouton.units import ms

CODE = "E407"
AT = None
HINT = "where the object is made"


def build():
    net = bt.Network()
    cell = net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/tau : mV", parameters={"tau": 10 * ms})))
    sim = bt.Simulation(net, dt=0.1 * ms)
    sim[cell].parameters.tau = [1, 2, 3] * ms
