"""`workloads/vogels.py` in ANNarchy; spikes arrive a step later than ours."""

import ANNarchy as ann
from _annarchy import conductance_neuron, network, run
from _common import arguments

seconds, seed = arguments(10.0)
made = network(seed)
neurons = made.create(10_000, conductance_neuron(200.0))
neurons.v = ann.Uniform(-60.0, -50.0)
e, i = neurons[:8000], neurons[8000:]
inhibitory = ann.Synapse(
    parameters={"tau": 20.0, "eta": 0.01, "alpha": 2 * 3 * 0.02, "w_max": 100.0},
    equations=[
        ann.Variable("tau*dx/dt = -x", method="event-driven"),
        ann.Variable("tau*dy/dt = -y", method="event-driven"),
    ],
    pre_spike=["x += 1.0", "w = clip(w + (y - alpha)*eta, 0.0, w_max)", "g_target += w"],
    post_spike=["y += 1.0", "w = clip(w + x*eta, 0.0, w_max)"],
)
projections = ((e, neurons, "exc", 0.3, None), (i, i, "inh", 3.0, None), (i, e, "inh", 1e-10, inhibitory))
for pre, post, target, weight, rule in projections:
    made.connect(pre, post, target, rule).fixed_probability(0.02, weights=weight, allow_self_connections=True)
run(made, {"E": e, "I": i}, seconds)
