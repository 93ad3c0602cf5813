"""`workloads/coba.py` in NEST; spikes arrive a step later than ours."""

import nest
from _common import arguments
from _nest import WARM, conductance_neurons, run, sparse, start

seconds, seed = arguments(2.0)
start(seed)
draw = nest.random
neurons = conductance_neurons(
    4000, 100.0, V_m=draw.normal(-65.0, 5.0), g_ex=draw.uniform(0.0, 80.0), g_in=draw.uniform(0.0, 400.0)
)
nest.Connect(neurons[:3200], neurons, sparse(0.02), {"weight": 6.0, "delay": 0.1})
nest.Connect(neurons[3200:], neurons, sparse(0.02), {"weight": -67.0, "delay": 0.1})
run({"all": neurons}, seconds, WARM)
