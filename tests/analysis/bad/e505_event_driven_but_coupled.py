"""Flagged event-driven, but it depends on another variable."""

import bouton as bt
from bouton.units import ms

CODE = "E505"
AT = "dx/dt = (y - x)/(10*ms) : 1 (event-driven)"


def build():
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, [1] * ms))
    cell = net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV")))
    net.connect(
        source,
        cell,
        bt.SynapseModel("""
            dx/dt = (y - x)/(10*ms) : 1 (event-driven)
            dy/dt = -y/(10*ms) : 1
            """),
    )
    bt.Simulation(net, dt=0.1 * ms)
