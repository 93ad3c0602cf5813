"""A link to a population of no network."""

import bouton as bt
from bouton.units import ms

CODE = "E409"
AT = None


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
        link={"d": (bt.Population(1, bt.NeuronModel("v : mV")), "v")},
    )
    bt.Simulation(net, dt=0.1 * ms)
