"""A bracket that swallows the next line."""

import bouton as bt
from bouton.units import ms

CODE = "E101"
AT = "("


def build():
    net = bt.Network()
    net.add(
        bt.Population(
            3,
            bt.NeuronModel("""
            dv/dt = -(v + 3*mV/tau : mV
            dw/dt = -w/tau : mV
            """),
        )
    )
    bt.Simulation(net, dt=0.1 * ms)
