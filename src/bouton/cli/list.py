"""``bouton list``: which experiments there are."""

from __future__ import annotations

from bouton import experiments
from bouton.cli import console
from bouton.cli.options import JSON


def list_experiments(as_json: bool = JSON) -> None:
    """List the published experiments that bouton reproduces."""
    found = [experiments.find(name) for name in experiments.names()]
    if as_json:
        console.show_json([{"name": e.name, "title": e.title, "source": e.source, "tags": list(e.tags)} for e in found])
        return
    table = console.table("name", "title", "source")
    for experiment in found:
        table.add_row(experiment.name, experiment.title, experiment.source)
    console.show(table)
