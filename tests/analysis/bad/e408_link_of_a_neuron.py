"""A linked variable of a neuron without a link."""

import bouton as bt
from bouton.units import ms

CODE = "E408"
AT = None


def build():
    net = bt.Network()
    net.add(
        bt.Population(
            3,
            bt.NeuronModel("""
            dv/dt = -v/(10*ms) : mV
            d : mV (linked)
            """),
        )
    )
    bt.Simulation(net, dt=0.1 * ms)
