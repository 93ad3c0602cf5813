"""Fourteen short lines that say 16 384 times v."""

import bouton as bt
from bouton.units import ms

CODE = "E106"
AT = "h12 = h11 + h11 : mV"


def build():
    doubled = "\n".join(f"h{i} = h{i - 1} + h{i - 1} : mV" for i in range(1, 15))
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel(f"dv/dt = (-v + h14)/(10*ms) : mV\nh0 = v : mV\n{doubled}")))
    bt.Simulation(net, dt=0.1 * ms)
