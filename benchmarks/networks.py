"""The networks on which simulators are compared: CPU seconds for a biological second, one process and thread for each run.

``python benchmarks/networks.py [NAME …]`` runs the files of `workloads`. Where BRIAN2_PYTHON names a Python that has Brian2,
its script of the same network (`peers`) is run in turn with each run of ours, and the ratio is that of neighbours.
"""

from __future__ import annotations

import importlib
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).parent
NAMES = ("brunel_stdp", "song", "coba", "vogels", "stp")
ROUNDS = 3


def one_run(name: str) -> dict[str, object]:
    """Build, compile and run a workload in this process, 100 ms of it before the clock starts."""
    from bouton.units import second

    workload = importlib.import_module(f"workloads.{name}")
    begin = time.perf_counter()
    simulation, groups = workload.build()
    built = time.perf_counter() - begin
    simulation.program  # noqa: B018  (compiles)
    compiled = time.perf_counter() - begin - built
    spikes = {group: simulation.record_spikes(neurons) for group, neurons in groups.items()}
    warm = 0.0 if workload.FROM_THE_START else 0.1
    simulation.run(warm * second)
    cpu = time.process_time()
    simulation.run(workload.SECONDS * second)
    cpu = time.process_time() - cpu
    found = {g: len(r.steps) / (len(groups[g]) * (workload.SECONDS + warm)) for g, r in spikes.items()}
    wrong = [g for g, (low, high) in workload.RATES.items() if not low <= found[g] <= high]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {
        **{"loop": cpu / workload.SECONDS, "build": built, "compile": compiled, "MB": memory},
        **{"rates": {g: round(rate, 1) for g, rate in found.items()}, "wrong": wrong},
    }


def in_another_process(command: list[str]) -> dict[str, object]:
    """What a script prints as JSON in its last line."""
    environment = {**os.environ, "PATH": f"{pathlib.Path(command[0]).parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def main(names: list[str]) -> None:
    """Print the table."""
    brian = os.environ.get("BRIAN2_PYTHON")
    print(f"CPU seconds per biological second, median of {ROUNDS}")
    print(f"{'network':12}{'bouton':>9}{'Brian2':>9}{'ratio':>7}{'build s':>9}{'compile s':>10}{'MB':>6}  rates (Hz)")
    for name in names or NAMES:
        script = HERE / "peers" / f"brian2_{name}.py"
        ours, ratios, theirs = [], [], []
        for _ in range(ROUNDS):
            ours.append(in_another_process([sys.executable, __file__, "--one", name]))
            if brian is not None and script.exists():
                theirs.append(float(str(in_another_process([brian, str(script)])["loop"])))
                ratios.append(theirs[-1] / float(str(ours[-1]["loop"])))
        median = {key: statistics.median(float(str(run[key])) for run in ours) for key in ("loop", "build", "compile", "MB")}
        beside = (f"{statistics.median(theirs):.3f}", f"{statistics.median(ratios):.1f}") if theirs else ("–", "–")
        said = " ".join(f"{group} {rate}" for group, rate in dict(ours[0]["rates"]).items())  # type: ignore[call-overload]
        doubt = f"  OUTSIDE what others find: {ours[0]['wrong']}" if ours[0]["wrong"] else ""
        numbers = f"{median['build']:9.2f}{median['compile']:10.2f}{median['MB']:6.0f}"
        print(f"{name:12}{median['loop']:9.4f}{beside[0]:>9}{beside[1]:>7}{numbers}  {said}{doubt}", flush=True)


if __name__ == "__main__":
    sys.path.insert(0, str(HERE))
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(one_run(sys.argv[2])))
    else:
        main(sys.argv[1:])
