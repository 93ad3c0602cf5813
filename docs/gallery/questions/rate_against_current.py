"""
Rate against current
====================

The f–I curve of a neuron: as many copies as currents, one run.
"""

import numpy as np

import bouton as bt
from bouton.units import Hz, ms, pA, second

currents = np.linspace(300, 1200, 31) * pA
cell = bt.neurons.LIF(t_ref=2 * ms)
net = bt.Network()
cells = net.add(bt.Population(31, cell, **bt.neurons.LIF.at_rest(cell, I_ext=currents)))

sim = bt.Simulation(net, dt=0.1 * ms)
spikes = sim.record_spikes(cells)
sim.run(0.5 * second)

with bt.plots.style.use():
    figure = bt.plots.style.figure()
    axes = figure.subplots()
    axes.plot(currents.to(pA).magnitude, spikes.rate().to(Hz).magnitude, "o-")
    axes.set(xlabel="Current (pA)", ylabel="Rate (Hz)")
bt.plots.save(figure, "rate_against_current.png")
