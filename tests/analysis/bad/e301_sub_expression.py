"""A sub-expression of another unit than declared."""

import bouton as bt
from bouton.units import ms

CODE = "E301"
AT = "2*v"


def build():
    net = bt.Network()
    net.add(
        bt.Population(
            3,
            bt.NeuronModel("""
            dv/dt = -v/(10*ms) : mV
            h = 2*v : ms
            """),
        )
    )
    bt.Simulation(net, dt=0.1 * ms)
