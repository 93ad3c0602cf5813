"""
Weight histogram over time
==========================

Additive STDP divides the weights of a neuron into strong and weak ones. The image has a histogram in each column, the panel
beside it is the last of them.
"""

import bouton as bt
from bouton.units import Hz, ms, mV, second

cell = bt.neurons.LIF(synapses="delta")
stdp = bt.rules.PairSTDP(unit="mV", w_max=1 * mV, A_plus=0.02, A_minus=0.023)

net = bt.Network()
inputs = net.add(bt.Poisson(100, rate=25 * Hz))
output = net.add(bt.Population(1, cell, **bt.neurons.LIF.at_rest(cell)))
synapses = net.connect(inputs, output, stdp, target="v", w=bt.Uniform(0 * mV, 1 * mV))

sim = bt.Simulation(net, dt=1 * ms, seed=1)
weights = sim.record(synapses, "w", every=1 * second)
sim.run(60 * second)

axes = bt.plots.weight_histogram(weights)
bt.plots.save(axes, "weight_histogram.png")
