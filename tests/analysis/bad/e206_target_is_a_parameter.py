"""A target that is not written."""

import bouton as bt
from bouton.units import ms

CODE = "E206"
AT = None


def build():
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, [1] * ms))
    cell = net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/tau : mV", parameters={"tau": 10 * ms})))
    net.connect(source, cell, bt.SynapseModel("w : 1", on_pre="target += w*ms"), target="tau")
    bt.Simulation(net, dt=0.1 * ms)
