"""A name that is a variable and a parameter."""

import bouton as bt
from bouton.units import ms

CODE = "E202"
AT = "tau : ms"


def build():
    net = bt.Network()
    net.add(
        bt.Population(
            3,
            bt.NeuronModel(
                """
            dv/dt = -v/tau : mV
            tau : ms
            """,
                parameters={"tau": 10 * ms},
            ),
        )
    )
    bt.Simulation(net, dt=0.1 * ms)
