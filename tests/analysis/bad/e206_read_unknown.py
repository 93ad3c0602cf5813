"""Reading a misspelt variable."""

import bouton as bt
from bouton.units import ms

CODE = "E206"
AT = None
HINT = "'v_m'"


def build():
    net = bt.Network()
    cell = net.add(bt.Population(3, bt.NeuronModel("dv_m/dt = -v_m/(10*ms) : mV")))
    sim = bt.Simulation(net, dt=0.1 * ms)
    return sim[cell].vm
