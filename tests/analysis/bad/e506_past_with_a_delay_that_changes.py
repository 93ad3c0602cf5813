"""A delay that depends on a variable."""

import bouton as bt
from bouton.units import ms

CODE = "E506"
AT = "d"


def build():
    net = bt.Network()
    net.add(
        bt.Population(
            3,
            bt.NeuronModel(
                """
            dv/dt = -v/(10*ms) : mV
            d : ms
            """,
                threshold="v > v(t - d)",
            ),
        )
    )
    bt.Simulation(net, dt=0.1 * ms)
