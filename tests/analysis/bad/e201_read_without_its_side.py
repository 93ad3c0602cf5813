"""A synapse that reads a variable that both neurons have, without saying whose."""

import bouton as bt
from bouton.units import ms

CODE = "E201"
AT = "ge"
HINT = "'ge_post' or 'ge_pre'"


def build():
    net = bt.Network()
    cell = net.add(bt.Population(2, bt.NeuronModel("dge/dt = -ge/(5*ms) : mV", threshold="ge > 1*mV", reset="ge = 0*mV")))
    net.connect(cell, cell, bt.SynapseModel("w : mV", on_pre="w = ge"))
    bt.Simulation(net, dt=0.1 * ms)
