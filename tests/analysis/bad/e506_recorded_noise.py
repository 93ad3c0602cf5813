"""Noise has no value that could be recorded."""

import bouton as bt
from bouton.units import ms

CODE = "E506"
AT = None


def build():
    net = bt.Network()
    cell = net.add(
        bt.Population(
            3,
            bt.NeuronModel("""
            dv/dt = (h - v)/(10*ms) : mV
            h = xi*mV*second**0.5 : mV
            """),
        )
    )
    sim = bt.Simulation(net, dt=0.1 * ms)
    sim.record(cell, "h")
