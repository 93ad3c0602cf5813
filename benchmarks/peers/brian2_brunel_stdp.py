"""`workloads/brunel_stdp.py` in Brian2's C++ standalone mode: prints CPU seconds per biological second, rates, memory."""

import json
import resource
import sys
import tempfile

from brian2 import (
    Hz,
    Network,
    NeuronGroup,
    PoissonInput,
    SpikeMonitor,
    Synapses,
    defaultclock,
    device,
    ms,
    mV,
    prefs,
    second,
    set_device,
)  # fmt: skip

seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 0.5
with tempfile.TemporaryDirectory() as folder:
    set_device("cpp_standalone", build_on_run=False)
    prefs.codegen.cpp.extra_compile_args_gcc = ["-w", "-O3", "-ffast-math", "-march=native", "-std=c++14"]
    defaultclock.dt = 0.1 * ms
    tau_m, tau_s, theta, v_r = 20 * ms, 2 * ms, 20 * mV, 10 * mV
    J, tau, A_plus, A_minus, w_max = 1 * mV, 20 * ms, 0.01, 1.05 * 0.01, 2.0
    names = {"tau_m": tau_m, "tau_s": tau_s, "theta": theta, "v_r": v_r}
    neurons = NeuronGroup(
        10_000,
        "dv/dt = (I - v)/tau_m : volt (unless refractory)\ndI/dt = -I/tau_s : volt",
        threshold="v > theta", reset="v = v_r", refractory=2 * ms, method="exact", namespace=names,
    )  # fmt: skip
    neurons.v = "rand()*20*mV"
    e, i = neurons[:8000], neurons[8000:]
    drive = PoissonInput(neurons, "I", 1, 2000 * Hz, 5.8 * mV)
    plastic = Synapses(
        e, e,
        "w : 1\ndx/dt = -x/tau : 1 (event-driven)\ndy/dt = -y/tau : 1 (event-driven)",
        on_pre="I_post += J*w\nx += 1\nw = clip(w - A_minus*y, 0, w_max)",
        on_post="y += 1\nw = clip(w + A_plus*x, 0, w_max)",
        delay={"pre": 1.5 * ms}, namespace={"J": J, "tau": tau, "A_plus": A_plus, "A_minus": A_minus, "w_max": w_max},
    )  # fmt: skip
    plastic.connect(p=0.1)
    plastic.w = 1
    static = [(e, i, 1), (i, neurons, -5)]
    others = []
    for source, target, weight in static:
        synapses = Synapses(source, target, on_pre=f"I_post += {weight}*mV", delay=1.5 * ms)
        synapses.connect(p=0.1)
        others.append(synapses)
    spikes = SpikeMonitor(neurons, record=False)
    network = Network(neurons, drive, plastic, *others, spikes)
    network.run(0.01 * second)
    network.run(seconds * second)
    device.build(directory=folder, compile=True, run=False, debug=False)
    device.run(directory=folder, with_output=False, run_args=[])
    took = device._last_run_time
    rate = spikes.num_spikes / 10_000 / (seconds + 0.01)
    print(
        json.dumps(
            {"loop": took / (seconds + 0.01), "rate": rate, "MB": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024}
        )
    )
