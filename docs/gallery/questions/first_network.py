"""
A neuron and its inputs
=======================

A hundred Poisson inputs, one neuron, STDP at every synapse. The weights part while the rate of the neuron stays. Any figure of
``bt.plots`` draws into ``axes=``, so that several make one.
"""

import bouton as bt
from bouton.units import Hz, ms, second

cell = bt.NeuronModel("dv/dt = -v/(10*ms) : 1", threshold="v > 1", reset="v = 0")
stdp = bt.rules.PairSTDP(A_plus=0.01, A_minus=0.0115, w_max=0.1)

net = bt.Network()
inputs, output = net.add(bt.Poisson(100, rate=20 * Hz)), net.add(bt.Population(1, cell))
synapses = net.connect(inputs, output, stdp, target="v", w=bt.Uniform(0, 0.1))

sim = bt.Simulation(net, dt=1 * ms, seed=1)
weights, rate = sim.record(synapses, "w", every=0.5 * second), sim.record_rate(output)
sim.run(40 * second)

with bt.plots.style.use():
    figure = bt.plots.style.figure("column", 3.4)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(1, 2))
    bt.plots.traces(rate.binned(1 * second), axes=above)
    above.set(ylabel="Rate (Hz)", ylim=(0, None))
    bt.plots.weight_history(weights, highlighted=[0, 1, 2], axes=below)
bt.plots.save(figure, "first_network.png")
