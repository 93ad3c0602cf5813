"""Models printed as they are written: equations, blocks, and what else was given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bouton.equations.show import show, show_equation, show_statement

ARGUMENTS = {"pre": "on_pre", "post": "on_post", "event": "on_event"}


def printed(model: Any) -> str:
    """All of a model but the values of its parameters."""
    return "\n".join(_lines(model))


def _lines(model: Any) -> Iterator[str]:
    yield from (show_equation(equation) for equation in model.equations)
    if getattr(model, "threshold", None) is not None:
        yield from ("", f"threshold: {show(model.threshold)}")
    for block in (*getattr(model, "reset", ()), *getattr(model, "blocks", ()), *model.every):
        argument = ARGUMENTS.get(block.trigger, block.trigger)
        name = "" if block.name in {argument, block.trigger} else f" {block.name}"
        interval = f" {value(block.interval)}" if block.trigger == "every" else ""
        yield from ("", f"{argument}{interval}{name}:")
        yield from (f"    {show_statement(s)}" for s in block.statements)
    rest = {"refractory": getattr(model, "refractory", None), "delays": getattr(model, "delays", None), "method": model.method}
    given = [(name, each) for name, each in rest.items() if each is not None and each != {}]
    yield from ("", *(f"{name}: {value(each)}" for name, each in given)) if given else ()


def value(given: Any) -> str:
    """A value in a few characters: a quantity, a word, several of either."""
    if given is None:
        return "—"
    if isinstance(given, Mapping):
        return ", ".join(f"{name} = {value(each)}" for name, each in given.items())
    if isinstance(given, str):
        return given
    magnitude, units = getattr(given, "magnitude", given), getattr(given, "units", None)
    unit = "" if units is None else f"{units:~P}"
    numbers = magnitude.tolist() if hasattr(magnitude, "tolist") else magnitude
    if isinstance(numbers, list | tuple):
        shown = [number(each) for each in numbers]
        return f"{', '.join(shown if len(shown) <= 12 else [*shown[:2], '…', shown[-1]])} {unit}".rstrip()
    return f"{number(numbers)} {unit}".rstrip()


def number(given: Any) -> str:
    """A number without digits that mean nothing."""
    return f"{given:.6g}" if isinstance(given, int | float) and not isinstance(given, bool) else str(given)
