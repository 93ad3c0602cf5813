"""``bouton profile``: what a simulation spends its time on."""

from __future__ import annotations

import typer

from bouton import experiments

NAME = typer.Argument(help="An experiment of 'bouton list'.", show_default=False)
FOR = typer.Option(1.0, "--seconds", min=0.0, help="Biological time to run.")
WARM_UP = typer.Option(0.0, "--after", min=0.0, help="Biological time to run before measuring.")


def profile(name: str = NAME, seconds: float = FOR, after: float = WARM_UP) -> None:
    """Run an experiment's main simulation and print, kernel by kernel, time, events and bytes of each in order."""
    from bouton.units import second

    experiment = experiments.find(name)
    simulation = experiment.simulation(experiment.complete({}), 1)
    simulation.run(round(after / simulation.dt) * simulation.dt * second)
    simulation.run(round(seconds / simulation.dt) * simulation.dt * second, profile=True)
    print(simulation.profile())
