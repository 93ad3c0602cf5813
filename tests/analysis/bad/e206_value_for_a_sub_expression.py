"""An initial value for what an equation defines."""

import bouton as bt
from bouton.units import ms, mV

CODE = "E206"
AT = None


def build():
    net = bt.Network()
    net.add(
        bt.Population(
            3,
            bt.NeuronModel("""
            dv/dt = -v/(10*ms) : mV
            h = 2*v : mV
            """),
            h=3 * mV,
        )
    )
    bt.Simulation(net, dt=0.1 * ms)
