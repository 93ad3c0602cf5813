"""Units hold no numbers: this one would take hours."""

import bouton as bt
from bouton.units import ms

CODE = "E302"
AT = "9**9**9**9"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("v : 9**9**9**9")))
    bt.Simulation(net, dt=0.1 * ms)
