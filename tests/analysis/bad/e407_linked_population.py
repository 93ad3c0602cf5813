"""A link to a population that fits no one."""

import bouton as bt
from bouton.units import ms

CODE = "E407"
AT = None


def build():
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, [1] * ms))
    cell = net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV")))
    two = net.add(bt.Population(2, bt.NeuronModel("v : mV")))
    net.connect(
        source,
        cell,
        bt.SynapseModel("""
            w : 1
            d : mV (linked)
            """),
        link={"d": (two, "v")},
    )
    bt.Simulation(net, dt=0.1 * ms)
