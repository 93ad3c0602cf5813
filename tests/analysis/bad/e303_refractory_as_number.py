"""Refractoriness is a condition."""

import bouton as bt
from bouton.units import ms

CODE = "E303"
AT = "refractory"
HINT = "where("


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v*refractory/ms : mV")))
    bt.Simulation(net, dt=0.1 * ms)
