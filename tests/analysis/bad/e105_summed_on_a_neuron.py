"""A sum in a neuron's model."""

import bouton as bt
from bouton.units import ms

CODE = "E105"
AT = "L = v : mV (summed)"


def build():
    net = bt.Network()
    net.add(
        bt.Population(
            3,
            bt.NeuronModel("""
            dv/dt = -v/(10*ms) : mV
            L = v : mV (summed)
            """),
        )
    )
    bt.Simulation(net, dt=0.1 * ms)
