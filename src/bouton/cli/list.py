"""``bouton list``: which experiments there are."""

from __future__ import annotations

import typer

from bouton import experiments
from bouton.cli import console


def list_experiments(as_json: bool = typer.Option(False, "--json", help="Print JSON.")) -> None:
    """List the published experiments that bouton reproduces."""
    found = [experiments.find(name) for name in experiments.names()]
    if as_json:
        console.show_json([{"name": e.name, "title": e.title, "source": e.source, "tags": list(e.tags)} for e in found])
        return
    from rich.table import Table

    table = Table("name", "title", "source", box=None, pad_edge=False, header_style="bold")
    for experiment in found:
        table.add_row(experiment.name, experiment.title, experiment.source)
    console.show(table)
