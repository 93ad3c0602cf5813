"""What the scripts of Brian2 share: C++ standalone mode, optimised as its documentation advises, and the neuron of `coba`."""

import resource
import tempfile
import time
from typing import Any

from _common import report
from brian2 import Network, NeuronGroup, SpikeMonitor, defaultclock, device, ms, mV, nS, pF, prefs, second, seed, set_device


def standalone(number: int) -> None:
    """Generate C++ for all that is made from now on; all random numbers follow from ``number``."""
    set_device("cpp_standalone", build_on_run=False)
    prefs.codegen.cpp.extra_compile_args_gcc = ["-w", "-O3", "-ffast-math", "-march=native", "-std=c++14"]
    defaultclock.dt = 0.1 * ms
    seed(number)


def conductance_neurons(n: int, current: Any) -> NeuronGroup:
    """The neurons of `coba`, `stp` and `vogels`."""
    return NeuronGroup(
        n,
        """dv/dt = (g_L*(E_L - v) + g_e*(E_e - v) + g_i*(E_i - v) + I)/C : volt (unless refractory)
        dg_e/dt = -g_e/tau_e : siemens
        dg_i/dt = -g_i/tau_i : siemens""",
        threshold="v > theta", reset="v = v_r", refractory=5 * ms, method="euler",
        namespace={
            "C": 200 * pF, "g_L": 10 * nS, "E_L": -60 * mV, "E_e": 0 * mV, "E_i": -80 * mV, "tau_e": 5 * ms, "tau_i": 10 * ms,
            "I": current, "theta": -50 * mV, "v_r": -60 * mV,
        },
    )  # fmt: skip


def run(objects: list[Any], neurons: NeuronGroup, groups: dict[str, slice], seconds: float) -> None:
    """Compile, run and report.

    The program says how long its loop took by the clock on the wall; where others use the processor too, the CPU time of
    the whole program may be less, and is taken instead.
    """
    spikes = SpikeMonitor(neurons, record=False)
    Network(neurons, *objects, spikes).run(seconds * second)
    with tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        device.build(directory=folder, compile=True, run=False, with_output=False, debug=False)
        compiling, begin, before = time.perf_counter() - begin, time.perf_counter(), _children()
        device.run(directory=folder, with_output=False, run_args=[])
        whole, loop = time.perf_counter() - begin, device._last_run_time
        counts = spikes.count[:]
    rates = {name: float(counts[part].mean() / seconds) for name, part in groups.items()}
    took = min(loop, _children() - before)
    report(took / seconds, rates, build=whole - loop, compiling=compiling, children=True)


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
