"""A link to a variable that is not there."""

import bouton as bt
from bouton.units import ms

CODE = "E206"
AT = None
HINT = "'v'"


def build():
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, [1] * ms))
    cell = net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV")))
    net.connect(
        source,
        cell,
        bt.SynapseModel("""
            w : 1
            d : mV (linked)
            """),
        link={"d": (cell, "vv")},
    )
    bt.Simulation(net, dt=0.1 * ms)
