"""Bounds of another dimension within clip."""

import bouton as bt
from bouton.units import ms

CODE = "E301"
AT = "clip(v, 0, 1)"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV", threshold="v > 0*mV", reset="v = clip(v, 0, 1)")))
    bt.Simulation(net, dt=0.1 * ms)
