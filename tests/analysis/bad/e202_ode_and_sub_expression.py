"""A variable that is integrated and defined."""

import bouton as bt
from bouton.units import ms

CODE = "E202"
AT = "v = 3*mV : mV"


def build():
    net = bt.Network()
    net.add(
        bt.Population(
            3,
            bt.NeuronModel("""
            dv/dt = -v/(10*ms) : mV
            v = 3*mV : mV
            """),
        )
    )
    bt.Simulation(net, dt=0.1 * ms)
