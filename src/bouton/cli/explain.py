"""``bouton explain``: what a simulation will do."""

from __future__ import annotations

import typer

from bouton import experiments

NAME = typer.Argument(help="An experiment of 'bouton list'.", show_default=False)


def explain(name: str = NAME) -> None:
    """Say where each variable lives, how it is advanced and why, what it takes, and the order of a step."""
    experiment = experiments.find(name)
    print(experiment.simulation(experiment.complete({}), 1).explain())
