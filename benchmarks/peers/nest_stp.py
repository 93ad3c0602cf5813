"""`workloads/stp.py` in NEST; spikes arrive a step later than ours. The first spike of a synapse finds u = U and x = 1."""

import nest
from _common import arguments
from _nest import WARM, conductance_neurons, run, sparse, start

seconds, seed = arguments(2.0)
start(seed)
draw = nest.random
neurons = conductance_neurons(
    4000, 200.0, V_m=draw.normal(-65.0, 5.0), g_ex=draw.uniform(0.0, 80.0), g_in=draw.uniform(0.0, 400.0)
)
synapse = {"synapse_model": "tsodyks2_synapse", "U": 0.2, "u": 0.2, "x": 1.0, "tau_rec": 200.0, "tau_fac": 200.0, "delay": 0.1}
nest.Connect(neurons[:3200], neurons, sparse(0.02), {**synapse, "weight": 12.0})
nest.Connect(neurons[3200:], neurons, sparse(0.02), {**synapse, "weight": -134.0})
run({"all": neurons}, seconds, WARM)
