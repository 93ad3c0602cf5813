"""Bounds at something that is not written."""

import bouton as bt
from bouton.units import ms

CODE = "E105"
AT = "h = 2*v : mV (min=0*mV)"


def build():
    net = bt.Network()
    net.add(
        bt.Population(
            3,
            bt.NeuronModel("""
            dv/dt = -v/(10*ms) : mV
            h = 2*v : mV (min=0*mV)
            """),
        )
    )
    bt.Simulation(net, dt=0.1 * ms)
