"""
Phase plane
===========

Voltage and adaptation of an adaptive exponential neuron: nullclines, vector field, and the way it takes after a step of current.
It fires where it leaves at the right, and is reset at the left.
"""

import bouton as bt
from bouton.units import ms, mV, pA

cell = bt.neurons.AdEx(I_ext=700 * pA, b=80 * pA)
net = bt.Network()
one = net.add(bt.Population(1, cell, v=-70.6 * mV))

sim = bt.Simulation(net, dt=0.1 * ms)
v, w, spikes = sim.record(one, "v"), sim.record(one, "w"), sim.record_spikes(one)
sim.run(150 * ms)

ranges = [-75, -30] * mV, [-100, 600] * pA
axes = bt.plots.phase_plane(cell, "v", "w", ranges, trajectory=(v, w), spikes=spikes)
bt.plots.save(axes, "phase_plane.png")
