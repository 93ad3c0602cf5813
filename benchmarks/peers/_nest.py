"""What the scripts of NEST share: one thread and 0.1 ms, the neuron of `coba`, the clock and the report.

NEST has its conventions: everything that travels needs a delay of a step or more; the delay is dendritic, so that at the
synapse a presynaptic spike acts when it is emitted and a postsynaptic one a delay late; a synapse transmits the weight
that its presynaptic spike has just changed; and conductance-based neurons call an adaptive solver.
"""

import time
import warnings
from typing import Any

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import nest

    nest.set_verbosity("M_ERROR")
from _common import report

BEGIN = time.perf_counter()
WARM = 0.1


def start(seed: int) -> None:
    """One thread, steps of 0.1 ms."""
    nest.ResetKernel()
    nest.set(resolution=0.1, local_num_threads=1, rng_seed=seed)


def conductance_neurons(n: int, current: float, **start_values: Any) -> Any:
    """The neurons of `coba`, `stp` and `vogels`."""
    capacity = {"C_m": 200.0, "g_L": 10.0, "E_L": -60.0, "E_ex": 0.0, "E_in": -80.0, "tau_syn_ex": 5.0, "tau_syn_in": 10.0}
    spiking = {"I_e": current, "V_th": -50.0, "V_reset": -60.0, "t_ref": 5.0}
    return nest.Create("iaf_cond_exp", n, params={**capacity, **spiking, **start_values})


def sparse(p: float) -> dict[str, Any]:
    """Every pair with probability ``p``."""
    return {"rule": "pairwise_bernoulli", "p": p}


def run(groups: dict[str, Any], seconds: float, warm: float = 0.0) -> None:
    """Run ``warm`` seconds before the clock starts and ``seconds`` after it, and report."""
    recorders = {name: nest.Create("spike_recorder") for name in groups}
    for name, neurons in groups.items():
        nest.Connect(neurons, recorders[name])
    nest.Prepare()
    built = time.perf_counter() - BEGIN
    nest.Run(1000.0 * warm)
    cpu = time.process_time()
    nest.Run(1000.0 * seconds)
    cpu = time.process_time() - cpu
    nest.Cleanup()
    rates = {name: recorders[name].n_events / (len(neurons) * (seconds + warm)) for name, neurons in groups.items()}
    report(cpu / seconds, rates, build=built)
