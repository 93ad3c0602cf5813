"""What a panel asks of a rule: a call of `bouton.protocols`, which is run here and written in the script that is copied."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

import bouton as bt
from bouton.explore.choice import Variant
from bouton.explore.limits import check_work
from bouton.explore.view import View
from bouton.protocols.drive import RECEIVED
from bouton.protocols.laboratory import frequency, triplets
from bouton.units import ms, parse_unit, registry

POINTS = 1000
"""Samples of a trace at most."""


@dataclass(frozen=True)
class Code:
    """A value with the text that gives it in a script."""

    text: str
    value: Any
    units: tuple[str, ...] = ()


@dataclass(frozen=True)
class Request:
    """A call ``bt.protocols.NAME(rule, *arguments, **options)``, after the lines of ``before``; `Code` stands for its value."""

    name: str
    arguments: tuple[Any, ...]
    options: Mapping[str, Any]
    before: tuple[str, ...] = ()


def request(panel: str, view: View, variant: Variant) -> Request:
    """What a panel asks. Raises SimulationError (E605) for more than a page may ask, NetworkError (E408) for a neuron."""
    return _REQUESTS[panel](view, variant)


def step_of(view: View, variant: Variant) -> float:
    """The time step in ms: as chosen, else a fine one where there are delays, or neurons that are advanced."""
    fine = bool(variant.model.delays or variant.rule.neuron)
    return view.dt if view.dt is not None else 0.1 if fine else 1.0


def weight_of(view: View, variant: Variant) -> float:
    """The weight at the beginning: as chosen, else the one that amplitudes are relative to, else half a bound of 1."""
    if view.w is not None:
        return view.w
    return variant.fields["w_0"].value if "w_0" in variant.fields and "rho" not in variant.model.text else 0.5


def _window(view: View, variant: Variant) -> Request:
    dt, (before, around) = step_of(view, variant), _around(view, variant)
    check_work(320 / dt, 101, "the pairing window")
    lags = Code("np.arange(-100.0, 101.0, 2.0) * ms", np.arange(-100.0, 101.0, 2.0) * ms, ("ms",))
    return Request("window", (lags,), {"w": weight_of(view, variant), "dt": dt * ms, **around}, before)


def _frequency(view: View, variant: Variant) -> Request:
    dt, (before, around) = step_of(view, variant), _around(view, variant)
    synapses = len(frequency.RATES) * len(frequency.LAGS)
    check_work(60e3 / min(frequency.RATES) / dt, synapses, "the frequency of pairings")
    w = weight_of(view, variant)
    return Request("frequency", (), {"w": w, "of": w or 1.0, "dt": dt * ms, **around}, before)


def _triplets(view: View, variant: Variant) -> Request:
    dt, (before, around) = step_of(view, variant), _around(view, variant)
    check_work(60e3 / dt, len(triplets.GROUPS), "pairs, triplets and quadruplets")
    w = weight_of(view, variant)
    return Request("triplets", (), {"w": w, "of": w or 1.0, "dt": dt * ms, **around}, before)


def _short_term(view: View, variant: Variant) -> Request:
    dt, (before, around) = step_of(view, variant), _around(view, variant, receives=False)
    check_work(max(view.train, default=0.0) / dt, 1, "the short-term response")
    return Request("short_term", (_train(view.train or (10.0,), dt),), {"w": 1.0, "dt": dt * ms, **around}, before)


def _traces(view: View, variant: Variant) -> Request:
    dt, (before, around) = step_of(view, variant), _around(view, variant)
    length = max((*view.pre, *view.post, *view.third, 100.0)) + 50
    steps = round(length / dt)
    check_work(steps, 1, "traces")
    names = [e.name for e in variant.model.equations if not e.flags & {"summed", "linked"}]
    every = max(1, -(-steps // POINTS))
    steps = -(-steps // every) * every
    options: dict[str, Any] = {"duration": steps * dt * ms, "dt": dt * ms, "record": tuple(names), "every": every * dt * ms}
    if any(e.name == "w" and e.kind != "expression" for e in variant.model.equations):
        options["w"] = weight_of(view, variant)
    return Request("play", (_train(view.pre, dt), _train(view.post, dt)), {**options, **around}, before)


_REQUESTS: dict[str, Callable[[View, Variant], Request]] = {
    "window": _window,
    "frequency": _frequency,
    "triplets": _triplets,
    "traces": _traces,
    "short_term": _short_term,
}


def _train(times: tuple[float, ...], dt: float) -> Any:
    return np.unique(np.round(np.asarray(times, dtype=float) / dt)) * dt * ms


def _around(view: View, variant: Variant, *, receives: bool = True) -> tuple[tuple[str, ...], dict[str, Any]]:
    """What a rule wants around it: neurons with the variables that it reads, linked variables, third events."""
    model = variant.model
    found: dict[str, Any] = {}
    before: tuple[str, ...] = ()
    linked = {e.name: e.unit for e in model.equations if "linked" in e.flags}
    if linked:
        found["link"] = {
            name: view.level if unit == "1" else registry.Quantity(view.level, parse_unit(unit)) for name, unit in linked.items()
        }
    if events := {block.event for block in model.on_event if block.event is not None}:
        found["third"] = {name: _train(view.third, step_of(view, variant)) for name in sorted(events)}
    if receives:
        before, cells = _cells(variant)
        found |= cells
    return before, found


def _cells(variant: Variant) -> tuple[tuple[str, ...], dict[str, Any]]:
    """Cells with what the rule reads: a neuron of the library that is made to fire, or variables that the rule sums into."""
    summed = [(e.name.removesuffix("_post"), e.unit) for e in variant.model.equations if "summed" in e.flags]
    rule = variant.rule
    if rule.neuron is not None:
        neuron = getattr(bt.neurons, rule.neuron)
        texts, parameters = neuron.variant(None, {})
        model = bt.NeuronModel(
            **{**texts, "equations": f"{texts['equations']}\n{RECEIVED} : 1"}, parameters=parameters, name="cell"
        )
        before = (
            f"texts, parameters = bt.neurons.{rule.neuron}.variant(None, {{}})",
            f'texts = {{**texts, "equations": texts["equations"] + "\\n{RECEIVED} : 1"}}',
            'cell = bt.NeuronModel(**texts, parameters=parameters, name="cell")',
        )
        rest = Code(f"bt.neurons.{rule.neuron}.at_rest(cell)", neuron.at_rest(model))
        return before, {"neuron": Code("cell", model), "cell": rest}
    if not summed or set(rule.needs) - {name for name, _ in summed}:
        return (), {}
    text = "\n".join([f"{RECEIVED} : 1", *(f"{name} : {unit}" for name, unit in summed)])
    made = bt.NeuronModel(text, name="cell")
    return (f'cell = bt.NeuronModel({text!r}, name="cell")',), {"neuron": Code("cell", made)}
