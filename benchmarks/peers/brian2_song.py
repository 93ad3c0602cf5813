"""`workloads/song.py` in Brian2's C++ standalone mode."""

from _brian2 import run, standalone
from _common import arguments
from brian2 import Hz, NeuronGroup, PoissonGroup, Synapses, ms, mV

seconds, seed = arguments(100.0)
standalone(seed)
inputs = PoissonGroup(1000, 15 * Hz)
cell = NeuronGroup(
    1,
    "dv/dt = (g_e*(E_e - v) + E_L - v)/tau_m : volt\ndg_e/dt = -g_e/tau_e : 1",
    threshold="v > theta", reset="v = v_r", method="euler",
    namespace={"tau_m": 10 * ms, "tau_e": 5 * ms, "E_L": -74 * mV, "E_e": 0 * mV, "theta": -54 * mV, "v_r": -60 * mV},
)  # fmt: skip
cell.v = -74 * mV
synapses = Synapses(
    inputs, cell,
    "w : 1\ndx/dt = -x/tau : 1 (event-driven)\ndy/dt = -y/tau : 1 (event-driven)",
    on_pre="g_e_post += w\nx += A_plus\nw = clip(w - y, 0, g_max)",
    on_post="y += A_minus\nw = clip(w + x, 0, g_max)",
    namespace={"tau": 20 * ms, "g_max": 0.01, "A_plus": 0.01 * 0.01, "A_minus": 1.05 * 0.01 * 0.01},
)  # fmt: skip
synapses.connect()
synapses.w = "rand()*g_max"
run([inputs, synapses], cell, {"cell": slice(None)}, seconds)
