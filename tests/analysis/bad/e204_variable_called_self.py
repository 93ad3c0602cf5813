"""A variable that Population(…) could not be given."""

import bouton as bt
from bouton.units import ms

CODE = "E204"
AT = "self : 1"


def build():
    net = bt.Network()
    net.add(
        bt.Population(
            3,
            bt.NeuronModel("""
            dv/dt = -v/(10*ms) : mV
            self : 1
            """),
        )
    )
    bt.Simulation(net, dt=0.1 * ms)
