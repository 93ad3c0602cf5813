"""`workloads/vogels.py` in Brian2's C++ standalone mode: prints CPU seconds per biological second, and the rate."""

import json
import tempfile

from brian2 import (
    Network,
    NeuronGroup,
    SpikeMonitor,
    Synapses,
    defaultclock,
    device,
    ms,
    mV,
    nS,
    pA,
    pF,
    prefs,
    second,
    set_device,
)

SECONDS = 10.0
with tempfile.TemporaryDirectory() as folder:
    set_device("cpp_standalone", build_on_run=False)
    prefs.codegen.cpp.extra_compile_args_gcc = ["-w", "-O3", "-ffast-math", "-march=native", "-std=c++14"]
    defaultclock.dt = 0.1 * ms
    constants = {
        "C": 200 * pF,
        "g_L": 10 * nS,
        "E_L": -60 * mV,
        "E_e": 0 * mV,
        "E_i": -80 * mV,
        "tau_e": 5 * ms,
        "tau_i": 10 * ms,
    }
    constants |= {"I": 200 * pA, "theta": -50 * mV, "v_r": -60 * mV}
    neurons = NeuronGroup(
        10_000,
        """dv/dt = (g_L*(E_L - v) + g_e*(E_e - v) + g_i*(E_i - v) + I)/C : volt (unless refractory)
        dg_e/dt = -g_e/tau_e : siemens
        dg_i/dt = -g_i/tau_i : siemens""",
        threshold="v > theta",
        reset="v = v_r",
        refractory=5 * ms,
        method="euler",
        namespace=constants,
    )
    neurons.v = "-60*mV + 10*mV*rand()"
    e, i = neurons[:8000], neurons[8000:]
    excitatory = Synapses(e, neurons, on_pre="g_e_post += 0.3*nS")
    inhibitory = Synapses(i, i, on_pre="g_i_post += 3*nS")
    plastic = Synapses(
        i,
        e,
        "w : 1\ndx/dt = -x/tau : 1 (event-driven)\ndy/dt = -y/tau : 1 (event-driven)",
        on_pre="x += 1\nw = clip(w + (y - alpha)*eta, 0, w_max)\ng_i_post += w*nS",
        on_post="y += 1\nw = clip(w + x*eta, 0, w_max)",
        namespace={"tau": 20 * ms, "eta": 0.01, "alpha": 2 * 3 * 0.02, "w_max": 100.0},
    )
    for synapses in (excitatory, inhibitory, plastic):
        synapses.connect(p=0.02)
    plastic.w = 1e-10
    spikes = SpikeMonitor(neurons, record=False)
    Network(neurons, excitatory, inhibitory, plastic, spikes).run(SECONDS * second)
    device.build(directory=folder, compile=True, run=True, with_output=False, debug=False)
    print(json.dumps({"loop": device._last_run_time / SECONDS, "rate": spikes.num_spikes / 10_000 / SECONDS}))
