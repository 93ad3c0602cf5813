"""
Stacked traces
==============

The same variable of several neurons, one above another and all to one scale: here conductances that Poisson spikes raise.
"""

import bouton as bt
from bouton.units import Hz, ms, nS

cell = bt.NeuronModel("dg/dt = -g/(5*ms) : nS")
synapse = bt.SynapseModel("w : nS", on_pre="target += w")

net = bt.Network()
inputs = net.add(bt.Poisson(4, rate=[10, 20, 40, 80] * Hz))
cells = net.add(bt.Population(4, cell), name="cells")
net.connect(inputs, cells, synapse, target="g", pattern=bt.OneToOne(), w=10 * nS)

sim = bt.Simulation(net, dt=0.5 * ms, seed=2)
g = sim.record(cells, "g")
sim.run(400 * ms)

axes = bt.plots.stacked(g, scale=20 * nS)
bt.plots.save(axes, "stacked.png")
