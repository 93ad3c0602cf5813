"""`workloads/vogels.py` in Brian2's C++ standalone mode."""

from _brian2 import conductance_neurons, run, standalone
from _common import arguments
from brian2 import Synapses, ms, pA

seconds, seed = arguments(10.0)
standalone(seed)
neurons = conductance_neurons(10_000, 200 * pA)
neurons.v = "-60*mV + 10*mV*rand()"
e, i = neurons[:8000], neurons[8000:]
excitatory = Synapses(e, neurons, on_pre="g_e_post += 0.3*nS")
inhibitory = Synapses(i, i, on_pre="g_i_post += 3*nS")
plastic = Synapses(
    i, e,
    "w : 1\ndx/dt = -x/tau : 1 (event-driven)\ndy/dt = -y/tau : 1 (event-driven)",
    on_pre="x += 1\nw = clip(w + (y - alpha)*eta, 0, w_max)\ng_i_post += w*nS",
    on_post="y += 1\nw = clip(w + x*eta, 0, w_max)",
    namespace={"tau": 20 * ms, "eta": 0.01, "alpha": 2 * 3 * 0.02, "w_max": 100.0},
)  # fmt: skip
for synapses in (excitatory, inhibitory, plastic):
    synapses.connect(p=0.02)
plastic.w = 1e-10
run([excitatory, inhibitory, plastic], neurons, {"E": slice(8000), "I": slice(8000, None)}, seconds)
