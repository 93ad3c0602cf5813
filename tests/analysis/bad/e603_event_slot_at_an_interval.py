"""Events come when they come."""

import bouton as bt
from bouton.units import ms

CODE = "E603"
AT = None


def build():
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, [1] * ms))
    cell = net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV")))
    syn = net.connect(source, cell, bt.SynapseModel("w : 1", on_pre="w += 1"))
    sim = bt.Simulation(net, dt=0.1 * ms)
    sim.record(syn, "w", when="after", every=1 * ms)
