"""What a synaptic event and a neuron's step cost in networks of a hundred to a hundred thousand neurons.

``python benchmarks/scaling.py [--draw FILE.png] [--largest SCALE]`` runs `workloads/brunel_stdp.py` in sizes over three orders of
magnitude, prints a table and, if asked, draws it. Each neuron has 1000 synapses from others, or half as many as there are
others, so that small networks have fewer and fire as their external drive makes them; costs are for an event.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from workloads import brunel_stdp

from bouton.plots.style import COLOURS, figure, letter, styled
from bouton.units import second

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SCALES = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
STRETCHES = 5
"""Stretches of a run, of which the medians are taken."""


@dataclass(frozen=True)
class Row:
    """One size: neurons, synapses, rate (Hz); ns for a plastic and a static synaptic event and for a neuron and step.

    ``loop`` are CPU seconds for a biological second, ``build`` seconds, ``megabytes`` of the whole process so far.
    """

    neurons: int
    synapses: int
    rate: float
    plastic: float
    static: float
    neuron: float
    loop: float
    build: float
    megabytes: float


def measure(scale: float) -> Row:
    """Build a network, run 100 ms, and then `STRETCHES` of what takes about a second in all."""
    begin = time.perf_counter()
    simulation, groups = brunel_stdp.build(scale)
    built = time.perf_counter() - begin - simulation.timings["analyse"]
    spikes = [simulation.record_spikes(neurons) for neurons in groups.values()]
    simulation.run(0.1 * second)
    length = round(float(np.clip(0.1 / scale, 0.02, 1.0)), 3)
    before = sum(len(recording.steps) for recording in spikes)
    found: dict[str, list[float]] = {"plastic": [], "static": [], "neuron": [], "loop": []}
    earlier = dict.fromkeys(("plastic", "static", "neuron"), (0.0, 0.0))
    for _ in range(STRETCHES):
        cpu = time.process_time()
        simulation.run(length * second, profile=True)
        found["loop"].append((time.process_time() - cpu) / length)
        now = costs(simulation)
        for kind, (seconds, events) in now.items():
            found[kind].append((seconds - earlier[kind][0]) / (events - earlier[kind][1]) * 1e9)
        earlier = now
    neurons = sum(len(group) for group in groups.values())
    fired = sum(len(recording.steps) for recording in spikes) - before
    medians = {kind: statistics.median(values) for kind, values in found.items()}
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    synapses = sum(simulation.state.size(projection) for projection in simulation.facts.projections)
    return Row(neurons, synapses, fired / (neurons * length * STRETCHES), **medians, build=built, megabytes=megabytes)


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
def draw(rows: list[Row], file: Path) -> None:
    """Panels over the number of neurons: the cost of a synaptic event, of a neuron's step and of the whole, and the rate."""
    made = figure("page", 2.2)
    panels = made.subplots(1, 4)
    for axes, text, ylabel in zip(panels, "abcd", LABELS, strict=True):
        letter(axes, text)
        axes.set(xscale="log", xlabel="Neurons", ylabel=ylabel, xlim=(60, 1.7e5))
        axes.set_xticks([1e2, 1e3, 1e4, 1e5])
    _line(panels[0], rows, "plastic", "blue", "plastic")
    _line(panels[0], rows, "static", "vermilion", "static")
    panels[0].legend(loc="upper left")
    _line(panels[1], rows, "neuron", "green")
    _line(panels[2], rows, "loop", "black")
    panels[2].set_yscale("log")
    _line(panels[3], rows, "rate", "purple")
    for axes in (panels[0], panels[1], panels[3]):
        axes.set_ylim(0, 1.25 * axes.get_ylim()[1])
    made.savefig(file)


LABELS = ("Synaptic event (ns)", "Neuron and step (ns)", "CPU s per biological s", "Rate (Hz)")


def _line(axes: Axes, rows: list[Row], kind: str, colour: str, label: str | None = None) -> None:
    axes.plot([row.neurons for row in rows], [getattr(row, kind) for row in rows], "o-", color=COLOURS[colour], label=label)


def main() -> None:
    """Print the table, and draw it if asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draw", type=Path, metavar="FILE.png")
    largest = "largest size, where 1 is 10 000 neurons; 10 by default, which needs 4 GB"
    parser.add_argument("--largest", type=float, default=SCALES[-1], help=largest)
    given = parser.parse_args()
    titles = ("neurons", "synapses", "Hz", "plastic ns", "static ns", "neuron ns", "s/s", "build s", "MB")
    print("{:>8}{:>11}{:>6}{:>12}{:>11}{:>11}{:>10}{:>9}{:>6}".format(*titles))
    rows = []
    for scale in SCALES:
        if scale <= given.largest:
            row = measure(scale)
            rows.append(row)
            print(
                f"{row.neurons:8}{row.synapses:11}{row.rate:6.1f}{row.plastic:12.1f}{row.static:11.1f}{row.neuron:11.1f}"
                f"{row.loop:10.4f}{row.build:9.2f}{row.megabytes:6.0f}",
                flush=True,
            )
    if given.draw is not None:
        draw(rows, given.draw)


if __name__ == "__main__":
    main()
