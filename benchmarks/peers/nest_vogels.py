"""`workloads/vogels.py` in NEST; spikes arrive a step later than ours, and postsynaptic ones reach the synapse a step later.

Weights of inhibitory synapses are negative here, and so are their bounds.
"""

import nest
from _common import arguments
from _nest import conductance_neurons, run, sparse, start

seconds, seed = arguments(10.0)
start(seed)
neurons = conductance_neurons(10_000, 200.0, V_m=nest.random.uniform(-60.0, -50.0), tau_minus=20.0)
e, i = neurons[:8000], neurons[8000:]
nest.Connect(e, neurons, sparse(0.02), {"weight": 0.3, "delay": 0.1})
nest.Connect(i, i, sparse(0.02), {"weight": -3.0, "delay": 0.1})
rule = {"synapse_model": "vogels_sprekeler_synapse", "tau": 20.0, "eta": 0.01, "alpha": 2 * 3.0 * 0.02, "Wmax": -100.0}
nest.Connect(i, e, sparse(0.02), {**rule, "weight": -1e-10, "delay": 0.1})
run({"E": e, "I": i}, seconds)
