"""Flagged shared, but it depends on each element."""

import bouton as bt
from bouton.units import ms

CODE = "E505"
AT = "du/dt = -v/(10*ms) : mV (shared)"


def build():
    net = bt.Network()
    net.add(
        bt.Population(
            3,
            bt.NeuronModel("""
            dv/dt = -v/(10*ms) : mV
            du/dt = -v/(10*ms) : mV (shared)
            """),
        )
    )
    bt.Simulation(net, dt=0.1 * ms)
