"""``bouton profile``: what a simulation spends its time on."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from bouton import experiments
from bouton.cli import console, progress
from bouton.cli.options import EXPERIMENT, JSON

if TYPE_CHECKING:
    from rich.table import Table

    from bouton.runtime.profile import Profile
    from bouton.runtime.simulation import Simulation

FOR = typer.Option(1.0, "--seconds", min=0.0, help="Biological time to run.")
WARM_UP = typer.Option(0.0, "--after", min=0.0, help="Biological time to run before measuring.")
NUMBERS = ("seconds", "share", "events", "ns each", "bytes each", "GB/s", "of roof")


def profile(name: str = EXPERIMENT, seconds: float = FOR, after: float = WARM_UP, as_json: bool = JSON) -> None:
    """Run an experiment's main simulation and print, kernel by kernel, time, events and bytes of each in order."""
    experiment = experiments.find(name)
    simulation = experiment.simulation(experiment.complete({}), 1)
    with progress.shown(what=name):
        _run(simulation, after, measured=False)
        _run(simulation, seconds, measured=True)
    found = simulation.profile()
    if as_json:
        rows = [{**asdict(row), "ns_each": row.ns_each} for row in found.rows]
        console.show_json({"experiment": name, "seconds": found.seconds, "bandwidth": found.bandwidth, "rows": rows})
        return
    console.show(_table(found))
    roof = f"the roof: memory moves {found.bandwidth / 1e9:.1f} GB/s here, caches more"
    console.show(f"{found.seconds:.4f} seconds in all; {roof}")


def _run(simulation: Simulation, duration: float, *, measured: bool) -> None:
    """Run for whole steps; what is infinite is left to the run to refuse."""
    from bouton.units import second

    step = simulation.dt
    simulation.run((round(duration / step) * step if math.isfinite(duration / step) else duration) * second, profile=measured)


def _table(found: Profile) -> Table:
    """A row for each kernel, the longest first."""
    table = console.table("phase", "kernel", "of", *NUMBERS, right=NUMBERS)
    for row in sorted(found.rows, key=lambda row: -row.seconds):
        took = (f"{row.seconds:.4f}", f"{row.seconds / found.seconds:.1%}", f"{row.events:.3g}" if row.events else "")
        each = ("", "", "", "")
        if row.ns_each:
            moved = row.bytes_each / row.ns_each
            each = (f"{row.ns_each:.2f}", f"{row.bytes_each:g}", f"{moved:.1f}", f"{moved * 1e9 / found.bandwidth:.0%}")
        table.add_row(row.phase, row.what, row.owner, *took, *each)
    return table
