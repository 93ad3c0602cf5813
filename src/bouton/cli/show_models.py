"""Models typed back from their trees, with everything that was given with them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from bouton.equations.show import show, show_equation, show_statement

if TYPE_CHECKING:
    from bouton.analysis.facts import NetworkFacts

_ARGUMENTS = {"pre": "on_pre", "post": "on_post", "event": "on_event"}


def show_models(facts: NetworkFacts) -> str:
    """Each model once, in the order of first use, with the populations or projections that are made of it."""
    entries: dict[int, tuple[str, list[str], list[str]]] = {}
    for thing in facts.populations:
        population, model = thing.population, getattr(thing.population, "model", None)
        if model is None:
            entries[id(population)] = (f"source {population.kind}", [thing.name], list(_source(population)))
        else:
            entries.setdefault(id(model), (f"neuron model {model.name}", [], list(_model(model))))[1].append(thing.name)
    for projection in facts.projections:
        model = projection.projection.model
        entry = entries.setdefault(id(model), (f"synapse model {model.name}", [], list(_model(model))))
        entry[1].append(f"{projection.name} ({projection.pre.name} → {projection.post.name})")
    sections = ([f"{title}: {', '.join(users)}", *(f"    {line}" for line in lines)] for title, users, lines in entries.values())
    return "\n\n".join("\n".join(lines) for lines in sections)


def _source(source: Any) -> Iterator[str]:
    yield f"size: {source.size}"
    if getattr(source, "expression", None) is not None:
        yield f"rate: {show(source.expression)}"
    elif hasattr(source, "rate"):
        yield f"rate: {_value(source.rate)}"
    if hasattr(source, "times"):
        yield f"spikes: {len(source.times)}"
    if parameters := getattr(source, "parameters", None):
        yield f"parameters: {_values(parameters)}"


def _model(model: Any) -> Iterator[str]:
    for equation in model.equations:
        yield show_equation(equation)
    if getattr(model, "threshold", None) is not None:
        yield f"threshold: {show(model.threshold)}"
    for block in (*getattr(model, "reset", ()), *getattr(model, "blocks", ()), *model.every):
        argument = _ARGUMENTS.get(block.trigger, block.trigger)
        name = "" if block.name in {argument, block.trigger} else f" {block.name}"
        interval = f" {_value(block.interval)}" if block.trigger == "every" else ""
        yield f"{argument}{interval}{name}: {'; '.join(show_statement(s) for s in block.statements)}"
    if getattr(model, "refractory", None) is not None:
        yield f"refractory: {_value(model.refractory)}"
    for word in ("parameters", "delays"):
        if values := getattr(model, word, None):
            yield f"{word}: {_values(values)}"
    if model.method is not None:
        yield f"method: {model.method if isinstance(model.method, str) else _values(model.method)}"


def _values(values: Any) -> str:
    return ", ".join(f"{name} = {_value(value)}" for name, value in values.items())


def _value(value: Any) -> str:
    """A value in a few characters."""
    if hasattr(value, "seconds"):
        return f"{len(value.data)} values at intervals of {value.seconds * 1e3:g} ms"
    magnitude, units = getattr(value, "magnitude", value), getattr(value, "units", None)
    unit = "" if units is None else f"{units:~}"
    if getattr(magnitude, "size", 1) != 1 or isinstance(magnitude, (list, tuple)):
        return f"{len(magnitude)} values {unit and f'in {unit}'}".rstrip()
    return f"{magnitude:.12g} {unit}".rstrip() if isinstance(magnitude, (int, float)) else f"{magnitude} {unit}".rstrip()
