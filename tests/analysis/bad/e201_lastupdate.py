"""A trace that is advanced by hand, from the last event."""

import bouton as bt
from bouton.units import ms

CODE = "E201"
AT = "lastupdate"
HINT = "dx/dt"


def build():
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, [1] * ms))
    cell = net.add(bt.Population(2, bt.NeuronModel("dv/dt = -v/(5*ms) : mV")))
    net.connect(source, cell, bt.SynapseModel("x : 1", on_pre="x = x*exp(-(t - lastupdate)/(20*ms)) + 1"))
    bt.Simulation(net, dt=0.1 * ms)
