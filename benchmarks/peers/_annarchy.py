"""What the scripts of ANNarchy share: one thread and 0.1 ms, the neuron of `coba`, the clock and the report.

ANNarchy has its conventions: a presynaptic spike reaches its synapse a step after it was emitted, a postsynaptic one in the
step of the spike; equations are advanced in the order in which they are written.
"""

import contextlib
import os
import sys
import tempfile
import time
from typing import Any

import ANNarchy as ann
from _common import report

BEGIN = time.perf_counter()
WARM = 0.1


def network(seed: int) -> Any:
    """A network with steps of 0.1 ms that will run on one thread."""
    made = ann.Network(dt=0.1, seed=seed)
    made.config(num_threads=1)
    return made


def conductance_neuron(current: float) -> Any:
    """The neuron of `coba`, `stp` and `vogels`."""
    return ann.Neuron(
        parameters={
            "C": 200.0, "leak": 10.0, "E_L": -60.0, "E_e": 0.0, "E_i": -80.0, "tau_e": 5.0, "tau_i": 10.0, "current": current,
            "theta": -50.0, "v_r": -60.0,
        },
        equations=[
            "C*dv/dt = leak*(E_L - v) + g_exc*(E_e - v) + g_inh*(E_i - v) + current",
            ann.Variable("tau_e*dg_exc/dt = -g_exc", method="exponential"),
            ann.Variable("tau_i*dg_inh/dt = -g_inh", method="exponential"),
        ],
        spike="v > theta", reset="v = v_r", refractory=5.0,
    )  # fmt: skip


def run(made: Any, groups: dict[str, Any], seconds: float, warm: float = 0.0) -> None:
    """Compile, run ``warm`` seconds before the clock starts and ``seconds`` after it, and report.

    Compiling ends with filling the compiled network's synapses, so that this time is within it.
    """
    monitors = {name: made.monitor(neurons, "spike") for name, neurons in groups.items()}
    built = time.perf_counter() - BEGIN
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(sys.stderr):
        begin = time.perf_counter()
        made.compile(directory=os.path.join(folder, "annarchy"), silent=True)
        compiling = time.perf_counter() - begin
        made.simulate(1000.0 * warm)
        cpu = time.process_time()
        made.simulate(1000.0 * seconds)
        cpu = time.process_time() - cpu
        counts = {name: sum(map(len, monitor.get("spike").values())) for name, monitor in monitors.items()}
    rates = {name: counts[name] / (neurons.size * (seconds + warm)) for name, neurons in groups.items()}
    report(cpu / seconds, rates, build=built, compiling=compiling)
