"""A variable called like a function."""

import bouton as bt
from bouton.units import ms

CODE = "E204"
AT = "exp : 1"


def build():
    net = bt.Network()
    net.add(
        bt.Population(
            3,
            bt.NeuronModel("""
            dv/dt = -v/(10*ms) : mV
            exp : 1
            """),
        )
    )
    bt.Simulation(net, dt=0.1 * ms)
