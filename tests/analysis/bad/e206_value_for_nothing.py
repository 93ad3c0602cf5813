"""An initial value for a misspelt variable."""

import bouton as bt
from bouton.units import ms, mV

CODE = "E206"
AT = None
HINT = "'v'"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV"), vv=-60 * mV))
    bt.Simulation(net, dt=0.1 * ms)
