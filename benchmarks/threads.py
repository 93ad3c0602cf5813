"""What two threads gain, beside what the machine allows: ``python benchmarks/threads.py [NAME …] [--rounds N]``.

In turn, for stretches of a biological second: one thread; two threads; and one thread while another
simulation of the same network runs in one of its own. Two cores that shared nothing would lose nothing there; what they lose
(they may be two halves of one core, or have other tenants) no program can gain. Printed are medians of the ratios of
neighbours: how much faster two threads are than one, how much more two independent simulations do than one, and the share of
this that is reached.
"""

from __future__ import annotations

import argparse
import importlib
import pathlib
import statistics
import sys
import threading
import time
from typing import Any

from bouton.units import second

NAMES = ("brunel_stdp", "vogels")
STRETCH = 1.0
SETTLED = 1.0
"""Seconds before the first measurement: the beginning of `vogels` is not like the rest."""


def timed(*simulations: Any) -> float:
    """Seconds for a stretch of all of them at once."""
    others = [threading.Thread(target=each.run, args=(STRETCH * second,)) for each in simulations[1:]]
    begin = time.perf_counter()
    for other in others:
        other.start()
    simulations[0].run(STRETCH * second)
    for other in others:
        other.join()
    return time.perf_counter() - begin


def show(name: str, rounds: int) -> None:
    """Measure a network and print its line."""
    workload = importlib.import_module(f"workloads.{name}")
    one, other, two = (workload.build(seed=1, threads=threads)[0] for threads in (1, 1, 2))
    for simulation in (one, other, two):
        simulation.run(SETTLED * second)
    gained, allowed = [], []
    for _ in range(rounds):
        alone, divided, beside = timed(one), timed(two), timed(one, other)
        gained.append(alone / divided)
        allowed.append(2.0 * alone / beside)
    share = statistics.median(g / a for g, a in zip(gained, allowed, strict=True))
    print(f"{name:14}{statistics.median(gained):9.2f}{statistics.median(allowed):12.2f}{share:10.0%}", flush=True)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}; all by default")
    parser.add_argument("--rounds", type=int, default=7)
    given = parser.parse_args()
    print(f"{'network':14}{'gained':>9}{'allowed':>12}{'reached':>10}")
    for name in given.names or NAMES:
        show(name, given.rounds)


if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).parent))
    main()
