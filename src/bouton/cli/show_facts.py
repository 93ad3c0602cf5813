"""What the analysis found out, as data and as text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from bouton.analysis.find_integration import Exact, ExponentialEuler, Integration
from bouton.analysis.find_places import find_places
from bouton.equations.show import show
from bouton.runtime.explain import KEEPERS, kind, scheme

if TYPE_CHECKING:
    from bouton.analysis.facts import NetworkFacts, PopulationFacts, ProjectionFacts


_KEEPERS = {"synapse": "each synapse", **KEEPERS}


def find_facts(facts: NetworkFacts) -> list[dict[str, Any]]:
    """For each object its variables with their schemes, the weights, and whose past is read."""
    found: list[dict[str, Any]] = []
    for q in facts.populations:
        found.append({"kind": "population", "name": q.name, "what": f"{q.population.size} × {kind(q)}", **_variables(q)})
        found[-1]["past"] = _past(facts, q.name)
    for p in facts.projections:
        found.append({"kind": "projection", "name": p.name, "what": f"{p.pre.name} → {p.post.name}", **_variables(p)})
        found[-1]["kept"] = {n: {"with": _KEEPERS[place.side], "reason": place.reason} for n, place in find_places(p).items()}
        found[-1]["drawn_again"] = p.regeneration is not None
        found[-1] |= {"weights": list(p.weights), "weights_reason": p.weights_reason, "past": _past(facts, p.name)}
    return found


def show_facts(found: list[dict[str, Any]]) -> str:
    """The same as text."""
    return "\n\n".join("\n".join(_lines(each)) for each in found)


def _lines(each: dict[str, Any]) -> Iterator[str]:
    yield f"{each['kind']} {each['name']}: {each['what']}"
    for group in each["integration"]:
        yield f"    {', '.join(group['variables'])}: {group['scheme']} – {group['reason']}"
        yield from (f"        {line}" for line in group["equations"])
    yield from (f"    {name}: {what}" for name, what in each["names"].items())
    yield from (f"    {name} is kept with {kept['with']}: {kept['reason']}" for name, kept in each.get("kept", {}).items())
    if each.get("drawn_again"):
        yield "    synapses are drawn again at each event"
    if each.get("weights"):
        yield f"    weights: {', '.join(each['weights'])} ({each['weights_reason']})"
    yield from (f"    past: {', '.join(past)}" for past in each["past"])


def _variables(facts: PopulationFacts | ProjectionFacts) -> dict[str, Any]:
    integration = [
        {"variables": list(g.variables), "scheme": scheme(g), "reason": g.reason, "equations": list(_parts(g))}
        for g in facts.integration
    ]
    names = {}
    for name, symbol in facts.scope.symbols.items():
        if symbol.kind == "expression" and symbol.equation is not None and symbol.equation.value is not None:
            names[name] = f"written out where it is read – {show(symbol.equation.value)}"
        elif symbol.kind in {"variable", "constant", "parameter", "timed", "linked"}:
            names[name] = f"{symbol.kind}{', shared' if symbol.shared else ''}"
    return {"integration": integration, "names": names}


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


def _past(facts: NetworkFacts, owner: str) -> list[list[str]]:
    """Of each variable that is read from the past, the places that are read."""
    return [[f"{v}(t - {show(delay, 6)})" for delay in delays] for (name, v), delays in facts.past.items() if name == owner]
