"""A target that the neurons do not have."""

import bouton as bt
from bouton.units import ms

CODE = "E206"
AT = None
HINT = "'v_m'"


def build():
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, [1] * ms))
    cell = net.add(bt.Population(3, bt.NeuronModel("dv_m/dt = -v_m/(10*ms) : mV")))
    net.connect(source, cell, bt.SynapseModel("w : 1", on_pre="target += w*mV"), target="vm")
    bt.Simulation(net, dt=0.1 * ms)
