"""``bouton show``: one stage of the way from equations to compiled code, as text."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

import typer

from bouton.cli import console
from bouton.cli.options import JSON, SET, SUBJECT
from bouton.cli.subject import simulation_of
from bouton.errors import Code, NameError_, nearest, one_of

if TYPE_CHECKING:
    from bouton.plan.plan import Call, Plan


class Stage(StrEnum):
    """What can be shown."""

    equations = "equations"
    facts = "facts"
    plan = "plan"
    source = "source"


STAGE = typer.Option(Stage.equations, "--stage", help="What to show.")
KERNEL = typer.Option(None, "--kernel", help="Of plan and source, only the kernel of this name.", show_default=False)


def show(
    name: str = SUBJECT,
    stage: Stage = STAGE,
    kernel: str | None = KERNEL,
    given: list[str] = SET,
    as_json: bool = JSON,
) -> None:
    """Show an experiment's or a rule's equations, what was found out about them, the plan, or the generated Python."""
    if kernel is not None and stage in {Stage.equations, Stage.facts}:
        raise typer.BadParameter("kernels appear in the stages plan and source", param_hint="--kernel")
    simulation = simulation_of(name, given)
    match stage:
        case Stage.equations:
            from bouton.cli.show_models import find_models, show_models

            models = find_models(simulation.facts)
            console.show_json(models) if as_json else print(show_models(models))
        case Stage.facts:
            from bouton.cli.show_facts import find_facts, show_facts

            facts = find_facts(simulation.facts)
            console.show_json(facts) if as_json else print(show_facts(facts))
        case Stage.plan:
            console.show_json(_plan_data(simulation.plan, kernel)) if as_json else print(_plan(simulation.plan, kernel))
        case Stage.source:
            modules = _source(simulation.plan, kernel)
            if as_json:
                console.show_json([{"kernel": function, "source": text} for function, text in modules])
            else:
                console.show_python("\n\n\n".join(text for _, text in modules))


def _plan(plan: Plan, kernel: str | None) -> str:
    from bouton.plan.show import show_plan

    return show_plan(plan) if kernel is None else "\n\n".join(text for _, text in _kernels(plan, kernel))


def _plan_data(plan: Plan, kernel: str | None) -> dict[str, Any]:
    found: dict[str, Any] = {"kernels": [{"kernel": n, "lines": text.splitlines()} for n, text in _kernels(plan, kernel)]}
    if kernel is not None:
        return found
    calls = {phase.name: [_call(call) for call in phase.calls] for phase in plan.phases}
    return {"step_order": list(plan.step_order), "phases": calls, **found}


def _call(call: Call) -> dict[str, Any]:
    """A call of a kernel, with what its names are bound to, and when it takes place."""
    bound = {name: f"{slot.owner}.{slot.name}" for name, slot in call.slots.items()}
    guards = {word: None if slot is None else slot.name for word, slot in (("every", call.every), ("when", call.when))}
    return {"kernel": call.kernel.name, "slots": bound, **guards}


def _kernels(plan: Plan, kernel: str | None) -> list[tuple[str, str]]:
    """Names and texts of kernels, or of those of one name."""
    from bouton.plan.show import show_plan

    sections = [section for section in show_plan(plan).split("\n\n") if section.startswith("kernel ")]
    return _chosen([(section.split(maxsplit=2)[1], section) for section in sections], kernel)


def _source(plan: Plan, kernel: str | None) -> list[tuple[str, str]]:
    """Printed from the plan: nothing is compiled."""
    from bouton.backends.numba_cpu.emit import emit

    printed = emit(plan)
    modules = [(m.function, f"# {m.name}.py\n{m.text.rstrip()}") for m in (*printed.kernels, printed.loop)]
    return _chosen(modules, kernel)


def _chosen(named: list[tuple[str, str]], kernel: str | None) -> list[tuple[str, str]]:
    """Those of that name, or all; two kernels of one name differ in their text."""
    found = [(name, text) for name, text in named if kernel in {None, name}]
    if kernel is not None and not found:
        known = [name for name, _ in named]
        raise NameError_(
            Code.UNKNOWN_VARIABLE,
            f"there is no kernel {kernel!r}",
            where="bouton show",
            expected=one_of(set(known)),
            hint=nearest(kernel, known),
        )
    return found
