"""`workloads/stp.py` in Brian2's C++ standalone mode: prints CPU seconds per biological second, and the rate."""

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

SECONDS = 2.0
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
        4000,
        """dv/dt = (g_L*(E_L - v) + g_e*(E_e - v) + g_i*(E_i - v) + I)/C : volt (unless refractory)
        dg_e/dt = -g_e/tau_e : siemens
        dg_i/dt = -g_i/tau_i : siemens""",
        threshold="v > theta",
        reset="v = v_r",
        refractory=5 * ms,
        method="euler",
        namespace=constants,
    )
    neurons.v, neurons.g_e, neurons.g_i = "-65*mV + 5*mV*randn()", "rand()*80*nS", "rand()*400*nS"
    equations = "du/dt = -u/tau_f : 1 (event-driven)\ndx/dt = (1 - x)/tau_d : 1 (event-driven)"
    release = "u += U*(1 - u)\nr = u*x\n{target} += {weight}*nS*r\nx -= r"
    constants = {"U": 0.2, "tau_f": 200 * ms, "tau_d": 200 * ms}
    both = [
        Synapses(part, neurons, equations, on_pre=release.format(target=target, weight=weight), namespace=constants)
        for part, target, weight in ((neurons[:3200], "g_e_post", 12), (neurons[3200:], "g_i_post", 134))
    ]
    for synapses in both:
        synapses.connect(p=0.02)
        synapses.x = 1
    spikes = SpikeMonitor(neurons, record=False)
    Network(neurons, *both, spikes).run(SECONDS * second)
    device.build(directory=folder, compile=True, run=True, with_output=False, debug=False)
    print(json.dumps({"loop": device._last_run_time / SECONDS, "rate": spikes.num_spikes / 4000 / SECONDS}))
