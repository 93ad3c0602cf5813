"""Where a model makes a simulation slow, and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bouton.analysis.facts import ProjectionFacts
from bouton.analysis.find_integration import Exact
from bouton.plan.plan import Call

if TYPE_CHECKING:
    from bouton.runtime.simulation import Simulation

MANY = 100_000
"""Synapses below which nobody waits for what each of them takes."""


def slow_paths(simulation: Simulation) -> Iterator[str]:
    """What to tell of projections with many synapses of which each is visited in each step, or at postsynaptic events."""
    for facts in simulation.facts.projections:
        if facts.regeneration is not None or simulation.state.size(facts) < MANY:
            continue
        waits, added_up = simulation.planner.deferral(facts), simulation.planner.accumulation(facts)
        calls = _of_synapses(simulation, facts)
        model = facts.projection.model
        after = model.on_pre and any(c.pathway is not None and c.pathway.trigger == "post" for c in calls)
        own = any(s.target in facts.scope.symbols for block in model.every for s in block.statements)
        if isinstance(waits, str) and after:
            yield (
                f"{facts.scope.where}: postsynaptic events are carried to each synapse at once, which is several times slower "
                f"than waiting for the next presynaptic event: {waits} (see explain())"
            )
        if isinstance(added_up, str) and own and any(c.pathway is None and c.every is None for c in calls):
            yield f"{facts.scope.where}: a regular block visits each synapse in each step: {added_up} (see explain())"
        yield from _stepped(simulation, facts, frozenset() if isinstance(added_up, str) else frozenset(added_up.variables))


def _stepped(simulation: Simulation, facts: ProjectionFacts, added_up: frozenset[str]) -> Iterator[str]:
    """Differential equations that are advanced for each synapse in each step."""
    kept = {name for name, symbol in facts.scope.symbols.items() if symbol.shared}
    kept |= added_up | {*simulation.planner.places.get(facts.name, {})}
    groups = [g for g in facts.integration if not (kept & {*g.variables} or (isinstance(g, Exact) and g.event_driven))]
    if groups:
        names = ", ".join(name for g in groups for name in g.variables)
        last = groups[-1]  # what reads others comes after them, and keeps them from being evaluated when they are read
        yield (
            f"{facts.scope.where}: {names} are advanced for each synapse in each step: {last.variables[0]} is {last.reason} "
            "(see explain())"
        )


def _of_synapses(simulation: Simulation, facts: ProjectionFacts) -> list[Call]:
    """The calls that do something for each synapse: events, and regular blocks."""
    blocks = {"every", *(block.name for block in facts.projection.model.every)}
    return [
        call
        for phase in simulation.plan.phases
        for call in phase.calls
        if call.owner == facts.name and call.kernel.body
        if call.pathway is not None or (phase.name in blocks and call.kernel.domain in {"synapses", "rows"})
    ]
