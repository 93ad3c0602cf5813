"""A sub-expression flagged shared that depends on each element."""

import bouton as bt
from bouton.units import ms

CODE = "E505"
AT = "h = 2*v : mV (shared)"


def build():
    net = bt.Network()
    net.add(
        bt.Population(
            3,
            bt.NeuronModel("""
            dv/dt = -v/(10*ms) : mV
            h = 2*v : mV (shared)
            """),
        )
    )
    bt.Simulation(net, dt=0.1 * ms)
