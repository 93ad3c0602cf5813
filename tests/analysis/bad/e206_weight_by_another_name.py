"""A weight, called otherwise than in the model."""

import bouton as bt
from bouton.units import ms, mV

CODE = "E206"
AT = None
HINT = "such as w="


def build():
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, [1] * ms))
    cell = net.add(bt.Population(2, bt.NeuronModel("dv/dt = -v/(5*ms) : mV")))
    net.connect(source, cell, bt.SynapseModel("w : mV", on_pre="v_post += w"), weight=1 * mV)
    bt.Simulation(net, dt=0.1 * ms)
