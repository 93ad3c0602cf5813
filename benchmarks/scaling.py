"""How the cost of a network grows with its neurons, its synapses, its rate and the threads that run it.

``python benchmarks/scaling.py [--draw FILE.png] [--largest SCALE] [NAME …]`` runs `workloads/brunel_stdp.py` in sizes over three
orders of magnitude (``neurons``), with 100 to 3000 inputs for each neuron (``synapses``), with more or less external drive
(``rate``), and by one thread and more (``threads``), prints tables and, if asked, draws them. In ``neurons`` each neuron has 1000
synapses from others, or half as many as there are others, so that small networks have fewer and fire as their external drive
makes them; costs are for an event.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import time
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from workloads import brunel_stdp

from bouton.plots.style import COLOURS, figure, letter, styled
from bouton.units import second

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STRETCHES = 5
"""Stretches of a run, of which the medians are taken."""
SERIES: Mapping[str, tuple[dict[str, Any], ...]] = {
    "neurons": tuple({"scale": scale} for scale in (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)),
    "synapses": tuple({"inputs": inputs} for inputs in (100, 300, 1000, 3000)),
    "rate": tuple({"drive": drive} for drive in (0.8, 0.9, 1.0, 1.25, 1.5, 2.0, 3.0)),
    "threads": tuple({"threads": threads} for threads in (1, 2, 4, 8, 16) if threads <= (os.cpu_count() or 1)),
}
"""What is varied, and how: arguments of the workload's `build`."""


@dataclass(frozen=True)
class Row:
    """One network: neurons, synapses, threads, rate (Hz); ns for a plastic and a static synaptic event and a neuron and step.

    ``loop`` are CPU seconds for a biological second, ``wall`` those of the clock on the wall, ``build`` seconds, ``megabytes``
    of the whole process so far.
    """

    neurons: int
    synapses: int
    threads: int
    rate: float
    plastic: float
    static: float
    neuron: float
    loop: float
    wall: float
    build: float
    megabytes: float


def measure(scale: float = 1.0, **options: Any) -> Row:
    """Build a network, run 100 ms, and then `STRETCHES` of what takes about a second in all."""
    begin = time.perf_counter()
    simulation, groups = brunel_stdp.build(scale, **options)
    built = time.perf_counter() - begin - simulation.timings["analyse"]
    spikes = [simulation.record_spikes(neurons) for neurons in groups.values()]
    simulation.run(0.1 * second)
    length = round(float(np.clip(0.1 / scale, 0.02, 1.0)), 3)
    before = sum(len(recording.steps) for recording in spikes)
    found: dict[str, list[float]] = {"plastic": [], "static": [], "neuron": [], "loop": [], "wall": []}
    earlier = dict.fromkeys(("plastic", "static", "neuron"), (0.0, 0.0))
    for _ in range(STRETCHES):
        cpu, wall = time.process_time(), time.perf_counter()
        simulation.run(length * second, profile=True)
        found["loop"].append((time.process_time() - cpu) / length)
        found["wall"].append((time.perf_counter() - wall) / length)
        now = costs(simulation)
        for kind, (seconds, events) in now.items():
            found[kind].append((seconds - earlier[kind][0]) / (events - earlier[kind][1]) * 1e9)
        earlier = now
    neurons = sum(len(group) for group in groups.values())
    fired = sum(len(recording.steps) for recording in spikes) - before
    medians = {kind: statistics.median(values) for kind, values in found.items()}
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    synapses = sum(simulation.state.size(projection) for projection in simulation.facts.projections)
    rate = fired / (neurons * length * STRETCHES)
    return Row(neurons, synapses, options.get("threads", 1), rate, **medians, build=built, megabytes=megabytes)


def measure_apart(options: Mapping[str, Any]) -> Row:
    """`measure` in a process of its own, after what is loaded and compiled once: memory that others had tells on two threads."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        process.submit(measure, 0.01).result()
        return process.submit(measure, **options).result()


def costs(simulation: object) -> dict[str, tuple[float, float]]:
    """Seconds and events so far: of plastic and of static synaptic events, and of all that is done for each neuron."""
    rows = [row for row in simulation.profile().rows if row.events]  # type: ignore[attr-defined]
    steps = max(row.events for row in rows if row.phase == "threshold")

    def of(*kernels: str) -> float:
        return sum(row.seconds for row in rows if row.what in kernels)

    plastic = max(row.events for row in rows if row.what == "on_pre_stdp")
    static = sum(row.events for row in rows if row.what == "on_pre_static")
    synaptic = ("on_pre_stdp", "on_post_stdp", "on_pre_static")
    return {
        "plastic": (of("on_pre_stdp", "on_post_stdp"), plastic),
        "static": (of("on_pre_static"), static),
        "neuron": (sum(row.seconds for row in rows if row.what not in synaptic), steps),
    }


@styled
def draw(found: Mapping[str, list[Row]], file: Path) -> None:
    """Over the number of neurons what an event, a neuron's step and the whole cost, and the rate; then the other series."""
    made = figure("page", 4.4)
    panels = made.subplots(2, 4).ravel()
    for axes, text, (series, xlabel, ylabel) in zip(panels, "abcdefgh", PANELS, strict=True):
        letter(axes, text)
        rows = found[series]
        axes.set(xlabel=xlabel, ylabel=ylabel)
        x = [ABSCISSA[xlabel](row) for row in rows]
        for kind, colour, label in LINES[ylabel]:
            axes.plot(x, [getattr(row, kind) for row in rows], "o-", color=COLOURS[colour], label=label)
        _scale(axes, series)
        if (series, ylabel) == ("neurons", WHOLE):
            axes.set_yscale("log")
        else:
            axes.set_ylim(0, 1.25 * axes.get_ylim()[1])
    panels[0].legend(loc="upper right")
    alone = found["threads"][0].wall
    panels[7].plot(
        [row.threads for row in found["threads"]], [alone / row.threads for row in found["threads"]], ":", color="gray"
    )
    made.savefig(file)


def _scale(axes: Axes, series: str) -> None:
    if series == "neurons":
        axes.set(xscale="log", xlim=(60, 1.7e5))
        axes.set_xticks([1e2, 1e3, 1e4, 1e5])
    elif series == "synapses":
        axes.set(xscale="log")
    elif series == "threads":
        axes.set_xticks([1, 2, 4, 8, 16][: len(SERIES["threads"])])


EVENT, STEP, WHOLE, RATE, WALL = (
    *("Synaptic event (ns)", "Neuron and step (ns)", "CPU s per biological s", "Rate (Hz)"),
    "s per biological s",
)
PANELS = (
    *(("neurons", "Neurons", ylabel) for ylabel in (EVENT, STEP, WHOLE, RATE)),
    ("synapses", "Synapses per neuron", EVENT),
    *(("rate", RATE, ylabel) for ylabel in (EVENT, WHOLE)),
    ("threads", "Threads", WALL),
)
LINES = {
    EVENT: (("plastic", "blue", "plastic"), ("static", "vermilion", "static")),
    STEP: (("neuron", "green", None),),
    WHOLE: (("loop", "black", None),),
    RATE: (("rate", "purple", None),),
    WALL: (("wall", "black", None),),
}
ABSCISSA = {
    "Neurons": lambda row: row.neurons,
    "Synapses per neuron": lambda row: row.synapses / row.neurons,
    RATE: lambda row: row.rate,
    "Threads": lambda row: row.threads,
}


def main() -> None:
    """Print the tables, and draw them if asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(SERIES)}; all by default")
    parser.add_argument("--draw", type=Path, metavar="FILE.png", help="wants all of them")
    largest = "largest size in neurons, where 1 is 10 000; 10 by default, which needs 4 GB"
    parser.add_argument("--largest", type=float, default=10.0, help=largest)
    given = parser.parse_args()
    if unknown := set(given.names) - set(SERIES):
        parser.error(f"{', '.join(sorted(unknown))}: not among {', '.join(SERIES)}")
    titles = (
        "neurons",
        "synapses",
        "threads",
        "Hz",
        "plastic ns",
        "static ns",
        "neuron ns",
        "CPU s/s",
        "wall s/s",
        "build s",
        "MB",
    )
    found: dict[str, list[Row]] = {}
    for name in given.names or SERIES:
        print(f"{name}\n{{:>8}}{{:>11}}{{:>8}}{{:>6}}{{:>12}}{{:>11}}{{:>11}}{{:>10}}{{:>10}}{{:>9}}{{:>6}}".format(*titles))
        found[name] = []
        for options in SERIES[name]:
            if options.get("scale", 0.0) <= given.largest:
                row = measure_apart(options)
                found[name].append(row)
                print(
                    f"{row.neurons:8}{row.synapses:11}{row.threads:8}{row.rate:6.1f}{row.plastic:12.1f}{row.static:11.1f}"
                    f"{row.neuron:11.1f}{row.loop:10.4f}{row.wall:10.4f}{row.build:9.2f}{row.megabytes:6.0f}",
                    flush=True,
                )
    if given.draw is not None:
        draw(found, given.draw)


if __name__ == "__main__":
    main()
