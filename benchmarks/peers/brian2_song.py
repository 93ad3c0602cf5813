"""`workloads/song.py` in Brian2's C++ standalone mode: prints CPU seconds per biological second, and the rate."""

import json
import tempfile

from brian2 import (
    Hz,
    Network,
    NeuronGroup,
    PoissonGroup,
    SpikeMonitor,
    Synapses,
    defaultclock,
    device,
    ms,
    mV,
    prefs,
    second,
    set_device,
)

SECONDS = 100.0
with tempfile.TemporaryDirectory() as folder:
    set_device("cpp_standalone", build_on_run=False)
    prefs.codegen.cpp.extra_compile_args_gcc = ["-w", "-O3", "-ffast-math", "-march=native", "-std=c++14"]
    defaultclock.dt = 0.1 * ms
    constants = {"tau_m": 10 * ms, "tau_e": 5 * ms, "E_L": -74 * mV, "E_e": 0 * mV, "theta": -54 * mV, "v_r": -60 * mV}
    inputs = PoissonGroup(1000, 15 * Hz)
    cell = NeuronGroup(
        1,
        "dv/dt = (g_e*(E_e - v) + E_L - v)/tau_m : volt\ndg_e/dt = -g_e/tau_e : 1",
        threshold="v > theta",
        reset="v = v_r",
        method="euler",
        namespace=constants,
    )
    cell.v = -74 * mV
    synapses = Synapses(
        inputs,
        cell,
        "w : 1\ndx/dt = -x/tau : 1 (event-driven)\ndy/dt = -y/tau : 1 (event-driven)",
        on_pre="g_e_post += w\nx += A_plus\nw = clip(w - y, 0, g_max)",
        on_post="y += A_minus\nw = clip(w + x, 0, g_max)",
        namespace={"tau": 20 * ms, "g_max": 0.01, "A_plus": 0.01 * 0.01, "A_minus": 1.05 * 0.01 * 0.01},
    )
    synapses.connect()
    synapses.w = "rand()*g_max"
    spikes = SpikeMonitor(cell, record=False)
    Network(inputs, cell, synapses, spikes).run(SECONDS * second)
    device.build(directory=folder, compile=True, run=True, with_output=False, debug=False)
    print(json.dumps({"loop": device._last_run_time / SECONDS, "rate": spikes.num_spikes / SECONDS}))
