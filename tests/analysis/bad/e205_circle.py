"""Sub-expressions that define each other."""

import bouton as bt
from bouton.units import ms

CODE = "E205"
AT = "a = 2*b : mV"


def build():
    net = bt.Network()
    net.add(
        bt.Population(
            3,
            bt.NeuronModel("""
            dv/dt = (a - v)/(10*ms) : mV
            a = 2*b : mV
            b = a/2 : mV
            """),
        )
    )
    bt.Simulation(net, dt=0.1 * ms)
