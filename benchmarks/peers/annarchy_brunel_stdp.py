"""`workloads/brunel_stdp.py` in ANNarchy.

The drive is counted by the neurons themselves from one uniform number a step, up to four spikes: a Poisson population of
2000 Hz would fire at most once a step, which is less noise. The membrane takes the mean of the decaying current over a step.
"""

import math

import ANNarchy as ann
from _annarchy import WARM, network, run
from _common import arguments

seconds, seed = arguments(0.5)
decay, count = math.exp(-0.1 / 2.0), 2000.0 * 1e-4
terms = [math.exp(-count) * count**k / math.factorial(k) for k in range(4)]
below = [sum(terms[: k + 1]) for k in range(4)]
made = network(seed)
lif = ann.Neuron(
    parameters={
        "tau_m": 20.0, "tau_s": 2.0, "theta": 20.0, "v_r": 10.0, "J_ext": 5.8, "decay": decay, "mean": (1 - decay) * 2.0 / 0.1,
    },
    equations=[
        ann.Variable("tau_m*dv/dt = mean*(g_exc + drive) - v", method="exponential"),
        ann.Variable("tau_s*dg_exc/dt = -g_exc", method="exponential"),
        "draw = Uniform(0.0, 1.0)",
        "drive = drive*decay + J_ext*(" + " + ".join(f"ite(draw > {limit!r}, 1.0, 0.0)" for limit in below) + ")",
    ],
    spike="v > theta", reset="v = v_r", refractory=2.0,
)  # fmt: skip
additive = ann.Synapse(
    parameters={"tau": 20.0, "A_plus": 0.01, "A_minus": 1.05 * 0.01, "w_max": 2.0},
    equations=[
        ann.Variable("tau*dx/dt = -x", method="event-driven"),
        ann.Variable("tau*dy/dt = -y", method="event-driven"),
    ],
    pre_spike=["g_target += w", "x += 1.0", "w = clip(w - A_minus*y, 0.0, w_max)"],
    post_spike=["y += 1.0", "w = clip(w + A_plus*x, 0.0, w_max)"],
)
neurons = made.create(10_000, lif)
neurons.v = ann.Uniform(0.0, 20.0)
e, i = neurons[:8000], neurons[8000:]
for pre, post, weight, rule in ((e, e, 1.0, additive), (e, i, 1.0, None), (i, neurons, -5.0, None)):
    projection = made.connect(pre, post, "exc", rule)
    projection.fixed_probability(0.1, weights=weight, delays=1.5, allow_self_connections=True)
run(made, {"E": e, "I": i}, seconds, WARM)
