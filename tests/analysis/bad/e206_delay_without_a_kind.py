"""A delay that does not say on which way."""

import bouton as bt
from bouton.units import ms

CODE = "E206"
AT = None
HINT = "axonal_delay"


def build():
    net = bt.Network()
    source = net.add(bt.SpikeTimes(2, [1] * ms, [0]))
    cell = net.add(bt.Population(2, bt.NeuronModel("dge/dt = -ge/(5*ms) : mV")))
    net.connect(source, cell, bt.SynapseModel("w : mV", on_pre="ge_post += w"), delay=2 * ms)
    bt.Simulation(net, dt=0.1 * ms)
