"""The past of what is not kept."""

import bouton as bt
from bouton.units import ms

CODE = "E506"
AT = "h(t - dt)"


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
                threshold="v > h(t - dt)",
            ),
        )
    )
    bt.Simulation(net, dt=0.1 * ms)
