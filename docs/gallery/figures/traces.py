"""
Traces with spikes
==================

A model resets its voltage when it fires. The spike itself is drawn, up to ``peak``.
"""

import bouton as bt
from bouton.units import ms, mV, pA

cell = bt.neurons.LIF()
net = bt.Network()
at_rest = bt.neurons.LIF.at_rest(cell, I_ext=[450, 550] * pA)
cells = net.add(bt.Population(2, cell, **at_rest), name="cells")

sim = bt.Simulation(net, dt=0.1 * ms)
v, spikes = sim.record(cells, "v"), sim.record_spikes(cells)
sim.run(80 * ms)

axes = bt.plots.traces(v, spikes, peak=0 * mV)
bt.plots.save(axes, "traces.png")
