"""``bouton show``: one stage of the way from equations to compiled code, as text."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import typer

from bouton import experiments
from bouton.cli import console
from bouton.errors import Code, NameError_, nearest, one_of

if TYPE_CHECKING:
    from bouton.plan.nodes import Plan


class Stage(StrEnum):
    """What can be shown."""

    equations = "equations"
    facts = "facts"
    plan = "plan"
    source = "source"


NAME = typer.Argument(help="An experiment of 'bouton list'.", show_default=False)
STAGE = typer.Option(Stage.equations, "--stage", help="What to show.")
KERNEL = typer.Option(None, "--kernel", help="Of plan and source, only the kernel of this name.", show_default=False)


def show(name: str = NAME, stage: Stage = STAGE, kernel: str | None = KERNEL) -> None:
    """Show an experiment's equations, what was found out about them, the plan, or the generated Python."""
    if kernel is not None and stage in {Stage.equations, Stage.facts}:
        raise typer.BadParameter("kernels appear in the stages plan and source", param_hint="--kernel")
    experiment = experiments.find(name)
    simulation = experiment.simulation(experiment.complete({}), 1)
    match stage:
        case Stage.equations:
            from bouton.cli.show_models import show_models

            print(show_models(simulation.facts))
        case Stage.facts:
            from bouton.cli.show_facts import show_facts

            print(show_facts(simulation.facts))
        case Stage.plan:
            print(_plan(simulation.plan, kernel))
        case Stage.source:
            console.show_python(_source(simulation.plan, kernel))


def _plan(plan: Plan, kernel: str | None) -> str:
    from bouton.plan.show import show_plan

    text = show_plan(plan)
    if kernel is None:
        return text
    sections = [s for s in text.split("\n\n") if s.startswith("kernel ")]
    return "\n\n".join(_chosen([(section.split(maxsplit=2)[1], section) for section in sections], kernel))


def _source(plan: Plan, kernel: str | None) -> str:
    """Printed from the plan: nothing is compiled."""
    from bouton.backends.numba_cpu.emit import emit

    printed = emit(plan)
    modules = [(m.function, f"# {m.name}.py\n{m.text.rstrip()}") for m in (*printed.kernels, printed.loop)]
    return "\n\n\n".join(text for _, text in modules) if kernel is None else "\n\n\n".join(_chosen(modules, kernel))


def _chosen(named: list[tuple[str, str]], kernel: str) -> list[str]:
    """The texts of that name; two kernels of one name differ in their text."""
    found = [text for name, text in named if name == kernel]
    if not found:
        known = [name for name, _ in named]
        raise NameError_(
            Code.UNKNOWN_VARIABLE,
            f"there is no kernel {kernel!r}",
            where="bouton show",
            expected=one_of(set(known)),
            hint=nearest(kernel, known),
        )
    return found
