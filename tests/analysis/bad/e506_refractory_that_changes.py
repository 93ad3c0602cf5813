"""A refractory period held by a variable."""

import bouton as bt
from bouton.units import ms

CODE = "E506"
AT = None


def build():
    net = bt.Network()
    net.add(
        bt.Population(
            3,
            bt.NeuronModel(
                """
            dv/dt = -v/(10*ms) : mV
            r : ms
            """,
                threshold="v > 0*mV",
                refractory="r",
            ),
        )
    )
    bt.Simulation(net, dt=0.1 * ms)
