"""A rule that writes its target, and a connection that names none."""

import bouton as bt
from bouton.units import ms

CODE = "E408"
AT = "target += w*mV"


def build():
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, [1] * ms))
    cell = net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV")))
    net.connect(source, cell, bt.SynapseModel("w : 1", on_pre="w += 1; target += w*mV"))
    bt.Simulation(net, dt=0.1 * ms)
