"""Spike-based homeostasis in Brian2, as C++; prints the seconds of the run itself."""

import json
import time

from brian2 import (
    Hz,
    NeuronGroup,
    PoissonGroup,
    PopulationRateMonitor,
    StateMonitor,
    Synapses,
    TimedArray,
    defaultclock,
    device,
    ms,
    run,
    second,
    set_device,
)  # fmt: skip

set_device("cpp_standalone", build_on_run=True)
defaultclock.dt = 0.1 * ms
steady = TimedArray([50] * Hz, dt=40 * second)
varying = TimedArray([25, 50, 0, 35, 0] * Hz, dt=10 * second)
inputs = [PoissonGroup(1, rates="steady(t)"), PoissonGroup(1, rates="varying(t)")]
space = {"tau": 10 * ms, "step": 0.05, "top": 2}
cells = [
    NeuronGroup(
        1, "dv/dt = -v/tau : 1 (unless refractory)", threshold="v > 1", reset="v = -1", refractory=1 * ms, method="euler",
        namespace=space,
    )
    for _ in range(2)
]  # fmt: skip
plastic = Synapses(
    inputs[0],
    cells[0],
    "w : 1",
    on_pre="v_post += w; w = clip(w + step, 0, top)",
    on_post="w = clip(w - step, 0, top)",
    namespace=space,
)
fixed = [Synapses(inputs[1], cell, "w : 1", on_pre="v_post += w") for cell in cells]
for synapses in (plastic, *fixed):
    synapses.connect()
for synapses in fixed:
    synapses.w = 2
monitors = [StateMonitor(cells[0], "v", record=True), StateMonitor(plastic, "w", record=[0])]
rates = [PopulationRateMonitor(cell) for cell in cells]
begin = time.perf_counter()
run(40 * second)
print(json.dumps({"loop": device._last_run_time, "with_compilation": time.perf_counter() - begin}))
