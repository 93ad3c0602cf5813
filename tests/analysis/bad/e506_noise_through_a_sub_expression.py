"""Noise at an instant, by way of a sub-expression."""

import bouton as bt
from bouton.units import ms

CODE = "E506"
AT = "h"


def build():
    net = bt.Network()
    net.add(
        bt.Population(
            3,
            bt.NeuronModel(
                """
            dv/dt = (h - v)/(10*ms) : mV
            h = xi*mV*second**0.5 : mV
            """,
                threshold="v > 0*mV",
                reset="v = h",
            ),
        )
    )
    bt.Simulation(net, dt=0.1 * ms)
