"""Another simulator's name for not being refractory."""

import bouton as bt
from bouton.units import ms

CODE = "E201"
AT = "not_refractory"
HINT = "not refractory"


def build():
    net = bt.Network()
    net.add(bt.Population(2, bt.NeuronModel("dv/dt = where(not_refractory, -v, 0)/(5*ms) : 1", threshold="v > 1")))
    bt.Simulation(net, dt=0.1 * ms)
