"""A statement writes what an equation defines."""

import bouton as bt
from bouton.units import ms

CODE = "E203"
AT = "h"


def build():
    net = bt.Network()
    net.add(
        bt.Population(
            3,
            bt.NeuronModel(
                """
            dv/dt = -v/(10*ms) : mV
            h = 2*v : mV
            """,
                threshold="v > 0*mV",
                reset="h = 0*mV",
            ),
        )
    )
    bt.Simulation(net, dt=0.1 * ms)
