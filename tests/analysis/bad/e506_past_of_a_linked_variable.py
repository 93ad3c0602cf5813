"""The past of what belongs to others."""

import bouton as bt
from bouton.units import ms

CODE = "E506"
AT = "d(t - dt)"


def build():
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, [1] * ms))
    cell = net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV")))
    net.connect(
        source,
        cell,
        bt.SynapseModel(
            """
            w : 1
            d : mV (linked)
            """,
            on_pre="w = d(t - dt)/mV",
        ),
        link={"d": (cell, "v")},
    )
    bt.Simulation(net, dt=0.1 * ms)
