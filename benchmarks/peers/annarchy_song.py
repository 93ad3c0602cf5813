"""`workloads/song.py` in ANNarchy."""

import ANNarchy as ann
from _annarchy import network, run
from _common import arguments

seconds, seed = arguments(100.0)
made = network(seed)
lif = ann.Neuron(
    parameters={"tau_m": 10.0, "tau_e": 5.0, "E_L": -74.0, "E_e": 0.0, "theta": -54.0, "v_r": -60.0},
    equations=[
        "tau_m*dv/dt = g_exc*(E_e - v) + E_L - v",
        ann.Variable("tau_e*dg_exc/dt = -g_exc", method="exponential"),
    ],
    spike="v > theta", reset="v = v_r",
)  # fmt: skip
stdp = ann.Synapse(
    parameters={"tau": 20.0, "g_max": 0.01, "A_plus": 0.01 * 0.01, "A_minus": 1.05 * 0.01 * 0.01},
    equations=[
        ann.Variable("tau*dx/dt = -x", method="event-driven"),
        ann.Variable("tau*dy/dt = -y", method="event-driven"),
    ],
    pre_spike=["g_target += w", "x += A_plus", "w = clip(w - y, 0.0, g_max)"],
    post_spike=["y += A_minus", "w = clip(w + x, 0.0, g_max)"],
)
inputs, cell = made.create(ann.PoissonPopulation(1000, rates=15.0)), made.create(1, lif)
cell.v = -74.0
made.connect(inputs, cell, "exc", stdp).all_to_all(weights=ann.Uniform(0.0, 0.01))
run(made, {"cell": cell}, seconds)
