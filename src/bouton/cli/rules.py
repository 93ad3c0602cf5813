"""``bouton rules`` and ``bouton neurons``: what there is in the library, and what one of them has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from bouton.cli import completion, console
from bouton.cli.options import JSON

if TYPE_CHECKING:
    from bouton.library.entry import Entry, Parameter

RULE = typer.Argument(None, help="Only this rule, with all it has.", show_default=False, autocompletion=completion.rules)
NEURON = typer.Argument(None, help="Only this neuron, with all it has.", show_default=False, autocompletion=completion.neurons)


def rules(name: str | None = RULE, as_json: bool = JSON) -> None:
    """List the rules of the library, or the parameters, options and sets of one."""
    from bouton.library import rules as library

    _show(library, name, as_json)


def neurons(name: str | None = NEURON, as_json: bool = JSON) -> None:
    """List the neurons of the library, or the parameters, options and sets of one."""
    from bouton.library import neurons as library

    _show(library, name, as_json)


def _show(shelf: Any, name: str | None, as_json: bool) -> None:
    if name is not None:
        found = shelf.named(name)
        if as_json:
            console.show_json(_data(found))
        else:
            _show_one(found)
        return
    entries = [shelf.find(file) for file in shelf.files()]
    if as_json:
        console.show_json([{"name": e.name, "title": e.title, "papers": e.papers, "parameters": sorted(e.sets)} for e in entries])
        return
    table = console.table("name", "title", "named sets of parameters")
    for each in entries:
        table.add_row(each.name, each.title, ", ".join(sorted(each.sets)))
    console.show(table)


def _show_one(entry: Entry) -> None:
    """Its papers, and a table each of parameters, options, and names."""
    console.show(f"{entry.name}: {entry.title}")
    for paper in entry.papers:
        console.show(f"    {paper}")
    table = console.table("parameter", "symbol", "default", "sensible", "meaning")
    for name, p in entry.parameters.items():
        table.add_row(name, p.symbol, _number(p), _range(p), p.meaning)
    if entry.parameters:
        console.show("")
        console.show(table)
    table = console.table("option", "choices, the first unless another is named")
    for name, choices in entry.options.items():
        table.add_row(name, ", ".join(choices))
    if entry.options:
        console.show("")
        console.show(table)
    for title, names in (("sets of parameters", entry.sets), ("conventions", getattr(entry, "conventions", {}))):
        if names:
            console.show(f"\n{title}: {', '.join(names)}")


def _data(entry: Entry) -> dict[str, Any]:
    parameters = {
        name: {"symbol": p.symbol, "default": _number(p) or None, "low": p.low, "high": p.high, "meaning": p.meaning}
        for name, p in entry.parameters.items()
    }
    found = {"name": entry.name, "title": entry.title, "papers": entry.papers, "parameters": parameters}
    found |= {"options": dict(entry.options), "sets": list(entry.sets)}
    return found | ({"conventions": list(entry.conventions)} if hasattr(entry, "conventions") else {})


def _number(parameter: Parameter) -> str:
    """The default as one types it; nothing where there is none."""
    value = parameter.value
    magnitude, units = getattr(value, "magnitude", value), getattr(value, "units", "")
    number = f"{magnitude:g}" if isinstance(magnitude, (int, float)) else "" if magnitude is None else str(magnitude)
    return f"{number} {f'{units:~}' if units != '' else ''}".strip()


def _range(parameter: Parameter) -> str:
    if parameter.low is None or parameter.high is None:
        return ""
    return f"{parameter.low:g} to {parameter.high:g}"
