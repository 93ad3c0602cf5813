"""A statement writes what is flagged constant."""

import bouton as bt
from bouton.units import ms

CODE = "E203"
AT = "c"


def build():
    net = bt.Network()
    net.add(
        bt.Population(
            3,
            bt.NeuronModel(
                """
            dv/dt = -v/(10*ms) : mV
            c : 1 (constant)
            """,
                threshold="v > 0*mV",
                reset="v = 0*mV; c = 3",
            ),
        )
    )
    bt.Simulation(net, dt=0.1 * ms)
