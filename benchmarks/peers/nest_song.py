"""`workloads/song.py` in NEST.

With 10 pF and 1 nS a conductance in nS is the workload's g_e. Generators do not learn: a parrot neuron repeats each train.
A synapse transmits the weight after its own depression, ours the one before; the rate is lower for it.
"""

import nest
from _common import arguments
from _nest import run, start

seconds, seed = arguments(100.0)
start(seed)
generator, inputs = nest.Create("poisson_generator", params={"rate": 15.0}), nest.Create("parrot_neuron", 1000)
nest.Connect(generator, inputs, syn_spec={"delay": 0.1})
cell = nest.Create(
    "iaf_cond_exp",
    params={
        "C_m": 10.0, "g_L": 1.0, "E_L": -74.0, "E_ex": 0.0, "tau_syn_ex": 5.0, "V_th": -54.0, "V_reset": -60.0, "t_ref": 0.0,
        "tau_minus": 20.0, "V_m": -74.0,
    },
)  # fmt: skip
additive = {"tau_plus": 20.0, "Wmax": 0.01, "lambda": 0.01, "alpha": 1.05, "mu_plus": 0.0, "mu_minus": 0.0}
nest.CopyModel("stdp_synapse_hom", "additive", additive)
weights = nest.random.uniform(0.0, 0.01)
nest.Connect(inputs, cell, "all_to_all", {"synapse_model": "additive", "weight": weights, "delay": 0.1})
run({"cell": cell}, seconds)
