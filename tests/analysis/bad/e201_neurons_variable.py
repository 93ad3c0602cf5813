"""A synapse that reads what the neuron does not have."""

import bouton as bt
from bouton.units import ms

CODE = "E201"
AT = "u_post"
HINT = "'v_post'"


def build():
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, [1] * ms))
    cell = net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV")))
    net.connect(source, cell, bt.SynapseModel("w : 1", on_pre="w = u_post/mV"))
    bt.Simulation(net, dt=0.1 * ms)
