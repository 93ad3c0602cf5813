"""`workloads/coba.py` in ANNarchy; spikes arrive a step later than ours."""

import ANNarchy as ann
from _annarchy import WARM, conductance_neuron, network, run
from _common import arguments

seconds, seed = arguments(2.0)
made = network(seed)
neurons = made.create(4000, conductance_neuron(100.0))
neurons.v, neurons.g_exc, neurons.g_inh = ann.Normal(-65.0, 5.0), ann.Uniform(0.0, 80.0), ann.Uniform(0.0, 400.0)
for part, target, weight in ((neurons[:3200], "exc", 6.0), (neurons[3200:], "inh", 67.0)):
    made.connect(part, neurons, target).fixed_probability(0.02, weights=weight, allow_self_connections=True)
run(made, {"all": neurons}, seconds, WARM)
