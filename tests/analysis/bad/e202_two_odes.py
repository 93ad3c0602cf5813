"""Two differential equations of one variable."""

import bouton as bt
from bouton.units import ms

CODE = "E202"
AT = "dv/dt = -v/(20*ms) : mV"


def build():
    net = bt.Network()
    net.add(
        bt.Population(
            3,
            bt.NeuronModel("""
            dv/dt = -v/(10*ms) : mV
            dv/dt = -v/(20*ms) : mV
            """),
        )
    )
    bt.Simulation(net, dt=0.1 * ms)
