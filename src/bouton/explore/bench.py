"""Where rules are tried: for each variant and panel a simulation that was compiled once and is asked again and again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

import bouton as bt
from bouton.explore.choice import Choice, Variant, resolve
from bouton.explore.limits import bounded
from bouton.explore.requests import Code, Request, request
from bouton.explore.script import Writer
from bouton.explore.view import View
from bouton.model.synapse import SynapseModel
from bouton.units import ms

KEPT = 40
"""Simulations that are kept; those that were asked longest ago go."""
Columns = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class Answer:
    """What a panel shows of one choice: columns of numbers, a line of text, and units of columns that have one."""

    columns: Columns
    note: str = ""
    units: Mapping[str, str] = field(default_factory=dict)


@final
class Bench:
    """Answers what panels ask. Not to be used by two threads at once."""

    def __init__(self) -> None:
        self._ready: OrderedDict[tuple[Any, ...], Callable[..., Any]] = OrderedDict()
        self._asked: dict[tuple[Any, ...], tuple[Request, str]] = {}

    def __len__(self) -> int:
        return len(self._ready)

    def answer(self, panel: str, view: View, choice: Choice) -> Answer:
        """What a panel shows of a choice. Raises what rule, panel and run refuse, and SimulationError (E605) for long runs."""
        variant = resolve(choice)
        values = variant.quantities(choice)
        asked, words = self._request(panel, view, variant)
        fixed = tuple((name, str(values[name])) for name in sorted(variant.fixed & set(values)))
        key = (variant.number, fixed, words)
        with bounded():
            if key not in self._ready:
                self._ready[key] = _prepare(asked, _with(variant, values))
            self._ready.move_to_end(key)
            if len(self._ready) > KEPT:
                self._ready.popitem(last=False)
            found = self._ready[key](**{name: value for name, value in values.items() if name not in variant.fixed})
        return _COLUMNS[panel](found)

    def _request(self, panel: str, view: View, variant: Variant) -> tuple[Request, str]:
        """What a panel asks, and the same in words, by which requests are told apart."""
        key = (panel, replace(view, a=Choice(), b=None, panels=()), variant.number)
        if key not in self._asked:
            if len(self._asked) > 10 * KEPT:
                self._asked.clear()
            asked = request(panel, view, variant)
            self._asked[key] = asked, Writer().call("", "", asked)
        return self._asked[key]

    def looked_into(self, choice: Choice) -> bt.Simulation:
        """A simulation of a choice, of which source and places of variables can be asked."""
        variant = resolve(choice)
        asked = request("traces", View(pre=(20.0,), post=(30.0,)), variant)
        model = _with(variant, variant.quantities(choice))
        return bt.protocols.stage(model, *map(_value, asked.arguments), **_options(asked, model)).simulation


def _with(variant: Variant, values: Mapping[str, Any]) -> SynapseModel:
    """The model of a variant with other numbers; the rest of it is the same."""
    model = copy(variant.model)
    model.parameters = {**variant.model.parameters, **values}
    return model


def _value(given: Any) -> Any:
    return given.value if isinstance(given, Code) else given


def _options(asked: Request, model: SynapseModel) -> dict[str, Any]:
    return {key: _value(value) for key, value in asked.options.items()} | bt.protocols.cell_for(model, **asked.cell)


def _prepare(asked: Request, model: SynapseModel) -> Callable[..., Any]:
    arguments, options = [_value(each) for each in asked.arguments], _options(asked, model)
    if asked.name == "play":
        return bt.protocols.stage(model, *arguments, **options).play
    return bt.protocols.find(asked.name).prepare(model, *arguments, **options)


def _window(found: Any) -> Answer:
    absolute = bool(found["relative"].isnull().any())
    change = found["change" if absolute else "relative"].to_numpy()
    note = f"largest {change.max():+.3g}, smallest {change.min():+.3g}{' (absolute)' if absolute else ''}"
    note = note if change.any() else "one pair of spikes does not change the weight"
    return Answer({"lag": found["lag"].to_numpy(), "change": change}, note)


def _frequency(found: Any) -> Answer:
    change = found["change"].to_numpy()
    columns = {"rate": found["rate"].to_numpy(), "plus": change[0], "minus": change[1]}
    return Answer(columns, f"mean squared error in standard errors: {found.attrs['score']:.3g}")


def _triplets(found: Any) -> Answer:
    note = f"mean squared error in standard errors: {found.attrs['score']:.3g}"
    return Answer({"group": found["group"].to_numpy(), "change": found["change"].to_numpy()}, note)


def _short_term(found: Any) -> Answer:
    relative = found["relative"].to_numpy()
    note = f"last over first: {relative[-1]:.3g}" if len(relative) else ""
    return Answer({"time": found["time"].to_numpy(), "relative": relative}, note)


def _traces(found: Any) -> Answer:
    columns: dict[str, NDArray[Any]] = {}
    units: dict[str, str] = {}
    recorded = {**found.grid, **{f"{name}_post": recording for name, recording in found.cell_grid.items()}}
    for name, recording in recorded.items():
        columns.setdefault("time", np.asarray(recording.times.to(ms).magnitude))
        columns[name] = np.asarray(recording.values.magnitude)[:, 0]
        if unit := f"{recording.values.units:~}":
            units[name] = unit
    note = f"weight from {columns['w'][0]:.4g} to {columns['w'][-1]:.4g}" if "w" in columns and len(columns["w"]) else ""
    return Answer(columns, note, units)


_COLUMNS: Mapping[str, Callable[[Any], Answer]] = {
    "window": _window,
    "frequency": _frequency,
    "triplets": _triplets,
    "short_term": _short_term,
    "traces": _traces,
}
