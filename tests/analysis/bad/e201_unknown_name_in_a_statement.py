"""A misspelt parameter in the second line of a block."""

import bouton as bt
from bouton.units import ms

CODE = "E201"
AT = "A_mnus"
HINT = "'A_minus'"


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
            dy/dt = -y/tau : 1
            """,
            on_pre="y += 1\nw = clip(w - A_mnus*y, 0, 1)",
            parameters={"tau": 10 * ms, "A_minus": 0.1},
        ),
    )
    bt.Simulation(net, dt=0.1 * ms)
