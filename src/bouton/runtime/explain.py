"""What a simulation will do, as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bouton.analysis.facts import PopulationFacts, ProjectionFacts
from bouton.analysis.find_integration import Exact, ExponentialEuler, Integration
from bouton.analysis.find_places import find_places
from bouton.analysis.find_shared import Sharing
from bouton.backends.memory import size_of
from bouton.equations.show import show

if TYPE_CHECKING:
    from bouton.runtime.simulation import Simulation

KEEPERS = {"pre": "each source", "post": "each target"}
"""What keeps a variable of synapses, in words."""


def explain(simulation: Simulation) -> str:
    """Step order; for each variable where it lives, its scheme and the reason; bytes per element."""
    order = " → ".join(simulation.plan.step_order)
    lines = [f"time step {simulation.dt * 1e3:g} ms, {simulation.precision} precision; order of a step: {order}"]
    for facts in simulation.facts.populations:
        lines += ["", f"population {facts.name}: {facts.population.size} × {kind(facts)}", *_variables(facts)]
        lines.append(_memory(simulation, facts))
    for projection in simulation.facts.projections:
        lines += [
            "",
            f"projection {projection.name}: {projection.pre.name} → {projection.post.name}, {_synapses(simulation, projection)}",
        ]
        lines += _variables(projection, simulation.planner.places.get(projection.name, {}), simulation.planner.sharing)
        lines += _structure(projection)
        if projection.weights:
            lines.append(f"    learning=False freezes {', '.join(projection.weights)} ({projection.weights_reason})")
        if projection.projection.model.on_post:
            lines.append(f"    {_deferred(simulation, projection)}")
        if projection.projection.model.every:
            lines.append(f"    {_accumulated(simulation, projection)}")
        lines.append(_memory(simulation, projection))
    return "\n".join(lines)


def _synapses(simulation: Simulation, projection: ProjectionFacts) -> str:
    if projection.regeneration is None:
        return f"{simulation.state.size(projection)} synapses"
    expected = simulation.state.topologies[projection.name].expected
    return f"about {expected:.3g} synapses, drawn again at each event: 0 bytes per synapse"


def _structure(projection: ProjectionFacts) -> list[str]:
    """Under which conditions synapses go and appear."""
    found = []
    for condition in projection.projection.model.conditions:
        word = "go" if condition.kind == "prune" else "appear"
        found.append(f"    synapses {word} each {condition.interval} where {show(condition.expression)}")
    if (matching := projection.projection.structure) is not None:
        names = f"{matching.pre} of {projection.pre.name} and {matching.post} of {projection.post.name}"
        found.append(f"    synapses go and appear each {matching.interval} as {names} match")
    return found


def _deferred(simulation: Simulation, projection: ProjectionFacts) -> str:
    found = simulation.planner.deferral(projection)
    if isinstance(found, str):
        return f"postsynaptic events act at once: {found}"
    names = ", ".join(found.variables)
    several = "" if found.sum is None else f"; several are carried out at once: each adds a multiple of {found.sum.trace}"
    return f"postsynaptic events wait for the next presynaptic one: nothing else looks at {names} in between{several}"


def _accumulated(simulation: Simulation, projection: ProjectionFacts) -> str:
    found = simulation.planner.accumulation(projection)
    if isinstance(found, str):
        return f"regular blocks act on each synapse: {found}"
    span = simulation.state.fixed[projection.name, ":span"]
    names, sources = ", ".join(found.variables), ", ".join(dict.fromkeys(b for a, b in found.terms if a != b))
    proportional = f", which is proportional to {sources}" if sources else ""
    blocks = [block.name for block in projection.projection.model.blocks if found.uses(block, projection)]
    readers = ", ".join([*blocks, *(block.name for block in found.renewing)])
    return (
        f"{found.every.name} is added up with each target, and reaches a synapse with the next presynaptic event, or after "
        f"{span} steps: {names} follow from what it does{proportional}, and are asked for by {readers}"
    )


def kind(facts: PopulationFacts) -> str:
    """The model's name, or the kind of source."""
    model = getattr(facts.population, "model", None)
    return facts.population.kind if model is None else str(model.name)


def scheme(integration: Integration) -> str:
    """The name of a scheme."""
    if isinstance(integration, Exact):
        return "exact, when read" if integration.event_driven else "exact"
    return "exponential_euler" if isinstance(integration, ExponentialEuler) else integration.tableau.name


def _variables(
    facts: PopulationFacts | ProjectionFacts, kept: Mapping[str, str] | None = None, sharing: Sharing | None = None
) -> list[str]:
    schemes = {name: group for group in facts.integration for name in group.variables}
    place = "each synapse" if isinstance(facts, ProjectionFacts) else "each neuron"
    places = find_places(facts) if isinstance(facts, ProjectionFacts) else {}
    lines = []
    again = facts.regeneration if isinstance(facts, ProjectionFacts) else None
    for name, symbol in facts.scope.symbols.items():
        if again is not None and name in again.values:
            lines.append(f"    {name:12} {'nowhere':13} {'–':18} drawn again at each event, from {again.values[name]!r:.60}")
            continue
        where = "shared" if symbol.shared else KEEPERS.get((kept or {}).get(name, ""), place)
        stays = f"; {places[name].reason}" if name in places and where != "shared" else ""
        stays += "" if sharing is None else _shared(sharing, (facts.name, name))
        if symbol.kind == "ode":
            lines.append(f"    {name:12} {where:13} {scheme(schemes[name]):18} {schemes[name].reason}{stays}")
        elif symbol.kind in {"variable", "constant"}:
            why = "set by statements" if symbol.kind == "variable" else "flagged constant"
            lines.append(f"    {name:12} {where:13} {'–':18} {why}{stays}")
        elif symbol.kind == "expression":
            lines.append(f"    {name:12} {'nowhere':13} {'–':18} evaluated where it is read")
        elif symbol.kind == "linked":
            lines.append(f"    {name:12} {'elsewhere':13} {'–':18} linked")
    return lines


def _shared(sharing: Sharing, key: tuple[str, str]) -> str:
    """Which other projections have the same variable, and why another that might does not."""
    others = [owner for owner, _ in sharing.group_of(key) if owner != key[0]]
    shared = f"; shared with {', '.join(others)}" if others else ""
    return shared + (f"; not shared with {sharing.reasons[key]}" if key in sharing.reasons else "")


def _memory(simulation: Simulation, facts: PopulationFacts | ProjectionFacts) -> str:
    """Bytes per neuron, or per synapse and per source and target that keep something for their synapses.

    What several projections share counts for the first.
    """
    state = simulation.state
    units = {"n": "synapse" if isinstance(facts, ProjectionFacts) else "neuron", "n pre": "source", "n post": "target"}
    per: dict[str, dict[str, float]] = {}
    for slot in simulation.plan.slots:
        if slot.owner == facts.name and slot.role != "log" and slot.key not in state.memory.shared:
            size = size_of(slot, state.dimensions) * slot.item_bytes
            element = next((e for e in units if e in slot.shape), "n" if "width" in slot.shape else None)
            if element is not None:
                per.setdefault(element, {})[slot.name] = size / max(1, state.dimensions[facts.name, element])
    return "\n".join(
        f"    {sum(sizes.values()):g} bytes per {units[e]} ({', '.join(f'{name} {size:g}' for name, size in sizes.items())})"
        for e, sizes in per.items()
    )
