"""
Weights over time
=================

Ten of forty inputs fire together, the others on their own. STDP strengthens the ten.
"""

import numpy as np

import bouton as bt
from bouton.units import ms, mV, second

random = np.random.default_rng(1)
volleys = random.integers(0, 4000, 60)
trains = [np.unique(volleys + random.integers(0, 5, 60)) * ms for _ in range(10)]
trains += [np.unique(random.integers(0, 4000, 60)) * ms for _ in range(30)]

cell = bt.neurons.LIF(synapses="delta")
stdp = bt.rules.PairSTDP(unit="mV", w_max=2 * mV, A_plus=0.02, A_minus=0.021)
net = bt.Network()
inputs = net.add(bt.SpikeTimes.from_trains(trains))
output = net.add(bt.Population(1, cell, **bt.neurons.LIF.at_rest(cell)))
synapses = net.connect(inputs, output, stdp, target="v", w=1.6 * mV)

sim = bt.Simulation(net, dt=1 * ms)
weights = sim.record(synapses, "w", every=50 * ms)
sim.run(4 * second)

axes = bt.plots.weight_history(weights, highlighted=range(10), colours=("vermilion",))
bt.plots.save(axes, "weight_history.png")
