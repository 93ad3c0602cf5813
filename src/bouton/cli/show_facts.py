"""What the analysis found out, as text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bouton.analysis.find_integration import Exact, ExponentialEuler, Integration
from bouton.analysis.find_places import find_places
from bouton.equations.show import show
from bouton.runtime.explain import KEEPERS, kind, scheme

if TYPE_CHECKING:
    from bouton.analysis.facts import NetworkFacts, PopulationFacts, ProjectionFacts


_KEEPERS = {"synapse": "each synapse", **KEEPERS}


def show_facts(facts: NetworkFacts) -> str:
    """For each object its variables with their schemes, the weights, and whose past is read."""
    sections = []
    for q in facts.populations:
        sections.append([f"population {q.name}: {q.population.size} × {kind(q)}", *_variables(q), *_past(facts, q.name)])
    for p in facts.projections:
        section = [f"projection {p.name}: {p.pre.name} → {p.post.name}", *_variables(p)]
        section += [f"    {n} is kept with {_KEEPERS[place.side]}: {place.reason}" for n, place in find_places(p).items()]
        if p.regeneration is not None:
            section.append("    synapses are drawn again at each event")
        if p.weights:
            section.append(f"    weights: {', '.join(p.weights)} ({p.weights_reason})")
        sections.append([*section, *_past(facts, p.name)])
    return "\n\n".join("\n".join(lines) for lines in sections)


def _variables(facts: PopulationFacts | ProjectionFacts) -> Iterator[str]:
    for group in facts.integration:
        yield f"    {', '.join(group.variables)}: {scheme(group)} – {group.reason}"
        yield from (f"        {line}" for line in _parts(group))
    for name, symbol in facts.scope.symbols.items():
        if symbol.kind == "expression" and symbol.equation is not None and symbol.equation.value is not None:
            yield f"    {name}: written out where it is read – {show(symbol.equation.value)}"
        elif symbol.kind in {"variable", "constant", "parameter", "timed", "linked"}:
            yield f"    {name}: {symbol.kind}{', shared' if symbol.shared else ''}"


def _parts(group: Integration) -> Iterator[str]:
    """What the scheme rests on: the equation taken apart."""
    if isinstance(group, Exact):
        for (name, other), factor in group.coefficients.items():
            yield f"d{name}/dt has {other} × ({show(factor)})"
        for name, rest in group.forcing.items():
            yield f"d{name}/dt has {show(rest)}"
    elif isinstance(group, ExponentialEuler):
        name = group.variables[0]
        yield f"d{name}/dt = {name} × ({show(group.a)}) + {show(group.b)}"
    else:
        for name, drift in group.drift.items():
            yield f"d{name}/dt has {show(drift)}"
    if not isinstance(group, ExponentialEuler):
        for (name, noise), factor in group.noise.items():
            yield f"d{name}/dt has {noise} × ({show(factor)})"


def _past(facts: NetworkFacts, owner: str) -> Iterator[str]:
    for (name, variable), delays in facts.past.items():
        if name == owner:
            yield f"    past: {', '.join(f'{variable}(t - {show(delay, 6)})' for delay in delays)}"
