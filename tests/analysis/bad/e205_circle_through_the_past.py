"""The past of a sub-expression is not kept."""

import bouton as bt
from bouton.units import ms

CODE = "E205"
AT = "a = a(t - dt) : mV"


def build():
    net = bt.Network()
    net.add(
        bt.Population(
            3,
            bt.NeuronModel("""
            dv/dt = (a - v)/(10*ms) : mV
            a = a(t - dt) : mV
            """),
        )
    )
    bt.Simulation(net, dt=0.1 * ms)
