"""`workloads/stp.py` in ANNarchy; spikes arrive a step later than ours."""

import ANNarchy as ann
from _annarchy import WARM, conductance_neuron, network, run
from _common import arguments

seconds, seed = arguments(2.0)
made = network(seed)
neurons = made.create(4000, conductance_neuron(200.0))
neurons.v, neurons.g_exc, neurons.g_inh = ann.Normal(-65.0, 5.0), ann.Uniform(0.0, 80.0), ann.Uniform(0.0, 400.0)
synapse = ann.Synapse(
    parameters={"U": 0.2, "tau_f": 200.0, "tau_d": 200.0},
    equations=[
        ann.Variable("tau_f*du/dt = -u", init=0.0, method="event-driven"),
        ann.Variable("tau_d*dx/dt = 1.0 - x", init=1.0, method="event-driven"),
    ],
    pre_spike=["u += U*(1.0 - u)", "g_target += w*u*x", "x *= 1.0 - u"],
)
for part, target, weight in ((neurons[:3200], "exc", 12.0), (neurons[3200:], "inh", 134.0)):
    made.connect(part, neurons, target, synapse).fixed_probability(0.02, weights=weight, allow_self_connections=True)
run(made, {"all": neurons}, seconds, WARM)
