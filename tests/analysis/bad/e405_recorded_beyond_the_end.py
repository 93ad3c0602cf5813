"""Recording a synapse that is not there."""

import bouton as bt
from bouton.units import ms

CODE = "E405"
AT = None


def build():
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, [1] * ms))
    cell = net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV")))
    syn = net.connect(source, cell, bt.SynapseModel("w : 1"))
    sim = bt.Simulation(net, dt=0.1 * ms)
    sim.record(syn[7], "w")
