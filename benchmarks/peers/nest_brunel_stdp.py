"""`workloads/brunel_stdp.py` in NEST.

The capacity is chosen so that a current of 1 pA stands for 1 mV of the workload's I. The delay of 1.5 ms is axonal there and
dendritic here: pairs that ours sees 1.5 ms earlier NEST sees 1.5 ms later.
"""

import nest
from _common import arguments
from _nest import WARM, run, sparse, start

seconds, seed = arguments(0.5)
start(seed)
neurons = nest.Create(
    "iaf_psc_exp",
    10_000,
    params={
        "C_m": 20.0, "tau_m": 20.0, "tau_syn_ex": 2.0, "tau_syn_in": 2.0, "E_L": 0.0, "V_th": 20.0, "V_reset": 10.0, "t_ref": 2.0,
        "tau_minus": 20.0, "V_m": nest.random.uniform(0.0, 20.0),
    },
)  # fmt: skip
e, i = neurons[:8000], neurons[8000:]
drive = nest.Create("poisson_generator", params={"rate": 2000.0})
nest.Connect(drive, neurons, syn_spec={"weight": 5.8, "delay": 0.1})
additive = {"tau_plus": 20.0, "Wmax": 2.0, "lambda": 0.005, "alpha": 1.05, "mu_plus": 0.0, "mu_minus": 0.0}
nest.CopyModel("stdp_synapse_hom", "additive", additive)
nest.Connect(e, e, sparse(0.1), {"synapse_model": "additive", "weight": 1.0, "delay": 1.5})
nest.Connect(e, i, sparse(0.1), {"weight": 1.0, "delay": 1.5})
nest.Connect(i, neurons, sparse(0.1), {"weight": -5.0, "delay": 1.5})
run({"E": e, "I": i}, seconds, WARM)
