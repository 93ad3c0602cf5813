"""
Raster with rates
=================

Who fired when, and the mean rate below. 80 excitatory and 20 inhibitory neurons balance one another.
"""

import bouton as bt
from bouton.units import Hz, ms, mV, nS

cell = bt.neurons.LIF("brette2007_coba")
fixed = bt.SynapseModel("w : nS", on_pre="target += w")

net = bt.Network()
inputs = net.add(bt.Poisson(100, rate=12 * Hz))
cells = net.add(bt.Population(100, cell, v=bt.Uniform(-60 * mV, -50 * mV)))
some = bt.Bernoulli(0.3)
net.connect(inputs, cells, fixed, target="exc", pattern=some, w=3 * nS)
net.connect(cells[:80], cells, fixed, target="exc", pattern=some, w=1 * nS)
net.connect(cells[80:], cells, fixed, target="inh", pattern=some, w=6 * nS)

sim = bt.Simulation(net, dt=0.2 * ms, seed=1)
spikes = sim.record_spikes(cells)
sim.run(300 * ms)

# %%
# With ``rates=False`` there is only the upper panel; ``bin=10 * ms`` sets the bins.

axes = bt.plots.raster(spikes)
bt.plots.save(axes, "raster.png")
