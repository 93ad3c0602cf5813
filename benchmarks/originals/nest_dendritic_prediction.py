"""Dendritic prediction of somatic spiking in NEST: 104 repetitions of 200 ms; prints the seconds of the loop."""

import json
import time

import nest
import numpy as np

nest.set_verbosity("M_ERROR")
nest.resolution = 0.1
length, repetitions, taught = 200.0, 104, 100
compartment = {"V_m": -70.0, "C_m": 300.0, "E_L": -70.0, "g_L": 30.0, "tau_syn_ex": 3.0, "tau_syn_in": 3.0}
neuron = nest.Create(
    "pp_cond_exp_mc_urbanczik",
    params={
        "t_ref": 3.0, "g_sp": 600.0, "soma": {**compartment, "E_ex": 0.0, "E_in": -75.0}, "dendritic": compartment,
        "phi_max": 0.15, "rate_slope": 0.5, "beta": 1.0 / 3.0, "theta": -55.0,
    },
)  # fmt: skip
ports = nest.GetDefaults("pp_cond_exp_mc_urbanczik")["receptor_types"]
times = np.round(np.arange(0.1, repetitions * length, 0.1), 1)
teaching = (times >= 2 * length) & (times < (2 + taught) * length)
excitation = np.where(teaching, 300 * (0.016 * np.sin(2 * np.pi * times * 2 / length) + 0.018), 0.0)
inhibition = np.where(teaching, 300 * 0.06, 0.0)
for weights, port in ((excitation, "soma_exc"), (inhibition, "soma_inh")):
    teacher = nest.Create("spike_generator", params={"spike_times": times, "spike_weights": weights})
    nest.Connect(teacher, neuron, syn_spec={"receptor_type": ports[port], "weight": 1.0, "delay": 0.1})
rng = np.random.default_rng(3)
pattern = [np.unique(np.round(rng.uniform(0.1, length, rng.poisson(2.0)), 1)) for _ in range(200)]
generators, parrots = nest.Create("spike_generator", 200), nest.Create("parrot_neuron", 200)
nest.Connect(generators, parrots, "one_to_one")
recorder = nest.Create("weight_recorder")
nest.CopyModel("urbanczik_synapse", "recorded", {"weight_recorder": recorder[0]})
synapse = {
    "synapse_model": "recorded", "receptor_type": ports["dendritic_exc"], "tau_Delta": 100.0, "eta": 0.17, "weight": 90.0,
    "Wmax": 1350.0, "delay": 0.1,
}  # fmt: skip
nest.Connect(parrots, neuron, syn_spec=synapse)
meter = nest.Create("multimeter", params={"record_from": ["V_m.s", "V_m.p", "g_ex.s", "g_in.s"], "interval": 0.1})
nest.Connect(meter, neuron, syn_spec={"delay": 0.1})
begin = time.perf_counter()
for repetition in range(repetitions):
    for generator, train in zip(generators, pattern, strict=True):
        generator.set(spike_times=train + repetition * length)
    nest.Simulate(length)
print(json.dumps({"loop": time.perf_counter() - begin}))
