"""A sum for which the neuron has no variable."""

import bouton as bt
from bouton.units import ms

CODE = "E105"
AT = "L_post = w : 1 (summed)"


def build():
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, [1] * ms))
    cell = net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV")))
    net.connect(
        source,
        cell,
        bt.SynapseModel("""
            w : 1
            L_post = w : 1 (summed)
            """),
    )
    bt.Simulation(net, dt=0.1 * ms)
