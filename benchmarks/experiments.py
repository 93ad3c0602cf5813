"""The five experiments beside their originals: seconds for building and running, medians, one table.

``python benchmarks/experiments.py`` times bouton. An original is timed too where the environment variable of its
system names a Python that has it: NORSE_PYTHON, ANNARCHY_PYTHON, BRIAN2_PYTHON, NEST_PYTHON (``make bench-peers``
makes such environments); the tutorial needs NumPy only. The two are run in turn, so that the ratio holds when the
machine's speed drifts.

bouton's time is from the description of the network to the end of the run, without imports, analysis and compilation,
export and drawing; the original's is that of its loop.
"""

from __future__ import annotations

import json
import os
import pathlib
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from bouton.experiments import find
from bouton.units import ms, second

ORIGINALS = pathlib.Path(__file__).parent / "originals"
ROUNDS = 3
REPEATS, LEAST = 7, 0.5
"""A round takes as many runs, and as many seconds, at least: short runs vary more."""


@dataclass(frozen=True)
class Row:
    """An experiment, what its main simulation runs for, the original, and settings that make both the same size."""

    name: str
    duration: object
    script: str
    python: str | None
    settings: tuple[tuple[str, object], ...] = ()


ROWS = (
    Row("short-term-plasticity", 1000 * ms, "norse_short_term_plasticity.py", "NORSE_PYTHON"),
    Row("stdp-window", 105 * ms, "annarchy_stdp_window.py", "ANNARCHY_PYTHON"),
    Row("homeostasis", 40 * second, "brian2_homeostasis.py", "BRIAN2_PYTHON", (("copies", 1),)),
    Row("lif-stdp", 119_999 * ms, "numpy_lif_stdp.py", None),
    Row("dendritic-prediction", 20.8 * second, "nest_dendritic_prediction.py", "NEST_PYTHON", (("copies", 1),)),
)


def bouton_seconds(row: Row) -> float:
    """Building and running, once."""
    experiment = find(row.name)
    begin = time.perf_counter()
    simulation = experiment.simulation(experiment.complete(dict(row.settings)), 1)
    simulation.run(row.duration)
    total = time.perf_counter() - begin
    return total - simulation.timings["analyse"] - simulation.timings["compile"]


def repeated(row: Row) -> list[float]:
    """The seconds of several runs."""
    found: list[float] = []
    while len(found) < REPEATS or sum(found) < LEAST:
        found.append(bouton_seconds(row))
    return found


def original_seconds(row: Row) -> Callable[[], float] | None:
    """What times the original's loop, or None if it cannot run here."""
    python = sys.executable if row.python is None else os.environ.get(row.python)
    if python is None:
        return None
    environment = {**os.environ, "PATH": f"{pathlib.Path(python).parent}{os.pathsep}{os.environ['PATH']}"}

    def measure() -> float:
        command = [python, str(ORIGINALS / row.script)]
        done = subprocess.run(
            command, capture_output=True, text=True, check=True, env=environment, cwd=os.environ.get("TMPDIR", "/tmp")
        )
        return float(json.loads(done.stdout.strip().splitlines()[-1])["loop"])

    return measure


def main() -> None:
    """Print the table."""
    print(f"seconds for building and running, median of {ROUNDS} rounds")
    print(f"{'experiment':24}{'bouton':>10}{'original':>10}{'ratio':>8}")
    for row in ROWS:
        bouton_seconds(row)  # compiles
        measure = original_seconds(row)
        ours, theirs = [], []
        for _ in range(ROUNDS):
            ours.append(statistics.median(repeated(row)))
            if measure is not None:
                theirs.append(measure())
        mine = statistics.median(ours)
        if theirs:
            ratio = statistics.median(t / o for t, o in zip(theirs, ours, strict=True))
            print(f"{row.name:24}{mine:10.4f}{statistics.median(theirs):10.4f}{ratio:8.1f}")
        else:
            print(f"{row.name:24}{mine:10.4f}{'–':>10}{'–':>8}")


if __name__ == "__main__":
    main()
