"""A block's delay between two steps."""

import bouton as bt
from bouton.units import ms

CODE = "E403"
AT = None


def build():
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, [1] * ms))
    cell = net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV")))
    net.connect(source, cell, bt.SynapseModel("w : 1", on_post="w += 1", delays={"on_post": 13.75 * ms}))
    bt.Simulation(net, dt=0.1 * ms)
