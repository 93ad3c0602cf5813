"""Models typed back from their trees, with everything that was given with them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from bouton.equations.show import show, show_equation, show_statement

if TYPE_CHECKING:
    from bouton.analysis.facts import NetworkFacts

_ARGUMENTS = {"pre": "on_pre", "post": "on_post", "event": "on_event"}


def show_models(models: list[dict[str, Any]]) -> str:
    """The models as text: what each is, whose it is, its equations, and what else is said of it."""
    sections = []
    for model in models:
        lines = [*model["equations"], *(f"{said['what']}: {said['text']}" for said in model["statements"])]
        title = f"{model['kind']} {model['name']}: {', '.join(model['used_by'])}"
        sections.append("\n".join([title, *(f"    {line}" for line in lines)]))
    return "\n\n".join(sections)


def find_models(facts: NetworkFacts) -> list[dict[str, Any]]:
    """Each model once, in the order of first use, with the populations or projections that are made of it."""
    entries: dict[int, dict[str, Any]] = {}
    for thing in facts.populations:
        population, model = thing.population, getattr(thing.population, "model", None)
        if model is None:
            entries[id(population)] = _entry("source", population.kind, [], _source(population), thing.name)
        elif id(model) in entries:
            entries[id(model)]["used_by"].append(thing.name)
        else:
            entries[id(model)] = _entry("neuron model", model.name, model.equations, _model(model), thing.name)
    for projection in facts.projections:
        model = projection.projection.model
        user = f"{projection.name} ({projection.pre.name} → {projection.post.name})"
        if id(model) in entries:
            entries[id(model)]["used_by"].append(user)
        else:
            entries[id(model)] = _entry("synapse model", model.name, model.equations, _model(model), user)
    return list(entries.values())


def _entry(kind: str, name: str, equations: Any, said: Iterator[tuple[str, str]], user: str) -> dict[str, Any]:
    statements = [{"what": what, "text": text} for what, text in said]
    shown = [show_equation(equation) for equation in equations]
    return {"kind": kind, "name": name, "used_by": [user], "equations": shown, "statements": statements}


def _source(source: Any) -> Iterator[tuple[str, str]]:
    yield "size", str(source.size)
    if getattr(source, "expression", None) is not None:
        yield "rate", show(source.expression)
    elif hasattr(source, "rate"):
        yield "rate", _value(source.rate)
    if hasattr(source, "times"):
        yield "spikes", str(len(source.times))
    if parameters := getattr(source, "parameters", None):
        yield "parameters", _values(parameters)


def _model(model: Any) -> Iterator[tuple[str, str]]:
    if getattr(model, "threshold", None) is not None:
        yield "threshold", show(model.threshold)
    for block in (*getattr(model, "reset", ()), *getattr(model, "blocks", ()), *model.every):
        argument = _ARGUMENTS.get(block.trigger, block.trigger)
        name = "" if block.name in {argument, block.trigger} else f" {block.name}"
        interval = f" {_value(block.interval)}" if block.trigger == "every" else ""
        yield f"{argument}{interval}{name}", "; ".join(show_statement(s) for s in block.statements)
    if getattr(model, "refractory", None) is not None:
        yield "refractory", _value(model.refractory)
    for word in ("parameters", "delays"):
        if values := getattr(model, word, None):
            yield word, _values(values)
    if model.method is not None:
        yield "method", model.method if isinstance(model.method, str) else _values(model.method)


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
