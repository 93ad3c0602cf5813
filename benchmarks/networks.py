"""The networks on which simulators are compared: CPU seconds for a biological second, one process and thread for each run.

``python benchmarks/networks.py [NAME …] [--rounds N] [--precision single|double] [--threads N]`` runs the files of `workloads`.
Where BRIAN2_PYTHON, NEST_PYTHON or ANNARCHY_PYTHON names a Python that has the system, its script of the same network
(`peers`) is run in turn with each run of ours and with the same seed; the ratio is the median of those of neighbours, in brackets
the least and the largest. All that a run takes is divided by its synaptic events. Rates are said to be
apart if their means over rounds differ by more than 5 % and twice what seeds alone make of it. A peer that would take minutes
runs for fewer biological seconds, and ours beside it for as many. With ``--threads`` our seconds are those of the clock on the
wall.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

HERE = pathlib.Path(__file__).parent
NAMES = ("brunel_stdp", "song", "coba", "vogels", "stp")
ROUNDS = 3
APART = 0.05
"""Rates of simulators of the same physics may differ by so much, and by what seeds change."""
SPREAD = {"brunel_stdp": 0.025, "song": 0.055, "coba": 0.035, "vogels": 0.02, "stp": 0.035}
"""Standard deviations of rates between seeds, as shares (6 to 12 seeds of ours, of which networks and inputs are drawn anew)."""


@dataclass(frozen=True)
class Peer:
    """Another system: what names its Python, networks that it runs for fewer seconds, and where its rates are known to differ."""

    name: str
    seconds: dict[str, float] = field(default_factory=dict)
    differs: dict[str, str] = field(default_factory=dict)

    @property
    def python(self) -> str | None:
        """Its Python, if there is one."""
        return os.environ.get(f"{self.name.upper()}_PYTHON")


PEERS = (
    Peer("Brian2"),
    Peer("ANNarchy", differs={"song": "its presynaptic spikes come a step late"}),
    Peer(
        "NEST",
        seconds={"song": 50.0, "coba": 1.0, "stp": 1.0, "vogels": 1.0},
        differs={"song": "its synapses transmit what their own spike has depressed"},
    ),
)


@dataclass(frozen=True)
class Run:
    """What one run found: seconds for a biological second, for building and for compiling, memory, rates by group."""

    loop: float
    build: float
    compile: float
    MB: float
    rates: dict[str, float]


def one_run(name: str, seconds: float | None, options: dict[str, object]) -> Run:
    """Build, compile and run a workload in this process; 100 ms of it before the clock starts unless it says otherwise."""
    from bouton.units import second

    workload = importlib.import_module(f"workloads.{name}")
    seconds = workload.SECONDS if seconds is None else seconds
    begin = time.perf_counter()
    simulation, groups = workload.build(**options)
    built = time.perf_counter() - begin
    simulation.program  # noqa: B018  (compiles)
    compiled = time.perf_counter() - begin - built
    spikes = {group: simulation.record_spikes(neurons) for group, neurons in groups.items()}
    warm = 0.0 if workload.FROM_THE_START else 0.1
    simulation.run(warm * second)
    clock = time.perf_counter if "threads" in options else time.process_time
    taken = clock()
    simulation.run(seconds * second)
    taken = clock() - taken
    rates = {g: len(r.steps) / (len(groups[g]) * (seconds + warm)) for g, r in spikes.items()}
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return Run(taken / seconds, built, compiled, memory, rates)


def in_another_process(command: list[str]) -> Run:
    """What a script prints as JSON in its last line."""
    environment = {**os.environ, "PATH": f"{pathlib.Path(command[0]).parent}{os.pathsep}{os.environ['PATH']}"}
    folder = os.environ.get("TMPDIR", "/tmp")  # some systems write to where they are
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=folder)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")
    return Run(**json.loads(done.stdout.strip().splitlines()[-1]))


def our_run(name: str, seconds: float, seed: int, options: dict[str, object]) -> Run:
    """A run of ours in a process of its own."""
    given = [text for key, value in options.items() for text in (f"--{key}", str(value))]
    length = ["--one", "--seconds", str(seconds), "--seed", str(seed)]
    return in_another_process([sys.executable, str(HERE / "networks.py"), name, *length, *given])


def measure(
    name: str, seconds: float, rounds: int, options: dict[str, object]
) -> tuple[list[Run], dict[str, list[tuple[Run, Run]]]]:
    """Runs of ours, and for each peer at hand pairs of runs, ours and its own."""
    ours: list[Run] = []
    pairs: dict[str, list[tuple[Run, Run]]] = {peer.name: [] for peer in PEERS if peer.python}
    for seed in range(1, rounds + 1):
        ours.append(our_run(name, seconds, seed, options))
        for peer in PEERS:
            if peer.python is not None:
                length = peer.seconds.get(name, seconds)
                mine = ours[-1] if length == seconds else our_run(name, length, seed, options)
                script = HERE / "peers" / f"{peer.name.lower()}_{name}.py"
                pairs[peer.name].append((mine, in_another_process([peer.python, str(script), str(length), str(seed)])))
    return ours, pairs


def apart(name: str, pairs: list[tuple[Run, Run]]) -> list[str]:
    """The groups whose mean rates differ by more than `APART` and twice the error of the difference."""
    limit = APART + 2 * SPREAD[name] * (2 / len(pairs)) ** 0.5
    found = []
    for group in pairs[0][0].rates:
        mine, theirs = (statistics.mean(pair[side].rates[group] for pair in pairs) for side in (0, 1))
        if abs(theirs - mine) > limit * mine:
            found.append(f"{group} {mine:.1f} in bouton")
    return found


def row(name: str, system: str, runs: list[Run], ratio: str, remark: str, workload: Any) -> str:
    """A line of the table: medians, and means of the rates."""
    loop, build, compiling, memory = (
        statistics.median(getattr(run, key) for run in runs) for key in ("loop", "build", "compile", "MB")
    )
    rates = _said((group, statistics.mean(run.rates[group] for run in runs)) for group in runs[0].rates)
    event = statistics.median(run.loop / workload.events(run.rates) * 1e9 for run in runs)
    return f"{name:12}{system:10}{loop:9.4f}{event:10.1f}{ratio:>18}{build:9.2f}{compiling:10.2f}{memory:6.0f}  {rates}{remark}"


def _said(rates: Iterable[tuple[str, float]]) -> str:
    return " ".join(f"{group} {rate:.1f}" for group, rate in rates)


def show(name: str, rounds: int, options: dict[str, object]) -> None:
    """Measure a network and print its lines: ours, then one for each peer."""
    workload = importlib.import_module(f"workloads.{name}")
    ours, pairs = measure(name, workload.SECONDS, rounds, options)
    means = {group: statistics.mean(run.rates[group] for run in ours) for group in workload.RATES}
    wrong = [group for group, (low, high) in workload.RATES.items() if not low <= means[group] <= high]
    print(row(name, "bouton", ours, "", f"  OUTSIDE what others find: {wrong}" if wrong else "", workload))
    for peer in PEERS:
        if peer.name not in pairs:
            continue
        ratios = sorted(theirs.loop / mine.loop for mine, theirs in pairs[peer.name])
        ratio = f"{statistics.median(ratios):.1f} ({ratios[0]:.1f}–{ratios[-1]:.1f})"
        different = apart(name, pairs[peer.name])
        known = f" (known: {peer.differs[name]})" if name in peer.differs else ""
        remark = f"  APART: {', '.join(different)}{known}" if different else ""
        length = f"  ({peer.seconds[name]:g} s)" if name in peer.seconds else ""
        print(row("", peer.name, [theirs for _, theirs in pairs[peer.name]], ratio, f"{length}{remark}", workload))
    sys.stdout.flush()


def main() -> None:
    """Print the table, or with ``--one`` what one run found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}; all by default")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"{ROUNDS} by default")
    parser.add_argument("--precision", choices=("single", "double"))
    parser.add_argument("--threads", type=int)
    for hidden, kind in (("--seconds", float), ("--seed", int)):
        parser.add_argument(hidden, type=kind, help=argparse.SUPPRESS)
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    names = given.names or NAMES
    if unknown := set(names) - set(NAMES):
        parser.error(f"{', '.join(sorted(unknown))}: not among {', '.join(NAMES)}")
    options = {key: getattr(given, key) for key in ("precision", "threads") if getattr(given, key) is not None}
    if given.one:
        print(json.dumps(vars(one_run(names[0], given.seconds, {**options, "seed": given.seed}))))
        return
    print(f"{'seconds' if given.threads else 'CPU seconds'} per biological second, median of {given.rounds}")
    titles = f"{'s/s':>9}{'ns/event':>10}{'ratio':>18}{'build s':>9}{'compile s':>10}{'MB':>6}"
    print(f"{'network':12}{'system':10}{titles}  rates (Hz)")
    for name in names:
        show(name, given.rounds, options)


if __name__ == "__main__":
    sys.path.insert(0, str(HERE))
    main()
