"""
Weight matrix
=============

Thirty neurons fire one after another, again and again. STDP writes the sequence into their weights: from each neuron to those
that follow it.
"""

import numpy as np

import bouton as bt
from bouton.units import ms

cell = bt.NeuronModel("received : 1")
stdp = bt.rules.PairSTDP(A_plus=0.02, A_minus=0.02)
number, round_ = np.arange(30), 300
times = (4 * number[:, np.newaxis] + round_ * np.arange(5)) * ms

net = bt.Network()
sequence = bt.SpikeTimes.from_trains(list(times))
cells = net.add(bt.Population(30, cell, force_spikes=sequence), name="cells")
some = bt.Bernoulli(0.7)
synapses = net.connect(cells, cells, stdp, target="received", pattern=some, w=0.5)

sim = bt.Simulation(net, dt=1 * ms, seed=1)
sim.run(5 * round_ * ms)

axes = bt.plots.weight_matrix(sim, synapses)
bt.plots.save(axes, "weight_matrix.png")
