"""Three values of a shared variable."""

import bouton as bt
from bouton.units import ms

CODE = "E407"
AT = None


def build():
    net = bt.Network()
    net.add(
        bt.Population(
            3,
            bt.NeuronModel("""
            dv/dt = -v/(10*ms) : mV
            s : 1 (shared)
            """),
            s=[1, 2, 3],
        )
    )
    bt.Simulation(net, dt=0.1 * ms)
