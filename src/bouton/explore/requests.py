"""What a panel asks of a rule: a call of `bouton.protocols`, which is run here and written in the script that is copied."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

import bouton as bt
from bouton.analysis.find_integration import Exact
from bouton.explore.choice import Variant
from bouton.explore.limits import check_work
from bouton.explore.view import View
from bouton.model.synapse import SynapseModel
from bouton.protocols.laboratory import frequency, triplets
from bouton.units import in_seconds, ms, parse_unit, registry

POINTS = 1000
"""Samples of a trace at most."""
GRID = 5.0
"""All spikes of the frequencies are at multiples of so many ms."""


@dataclass(frozen=True)
class Code:
    """A value with the text that gives it in a script."""

    text: str
    value: Any
    units: tuple[str, ...] = ()


@dataclass(frozen=True)
class Request:
    """A call ``bt.protocols.NAME(rule, *arguments, **options)``, in which `Code` stands for its value.

    ``cell`` are the arguments of ``bt.protocols.cell_for``, which gives further options, for rules that read a neuron.
    """

    name: str
    arguments: tuple[Any, ...]
    options: Mapping[str, Any]
    cell: Mapping[str, Any] = field(default_factory=dict)


def request(panel: str, view: View, variant: Variant) -> Request:
    """What a panel asks. Raises SimulationError (E605) for more than a page may ask, NetworkError (E408) for a neuron."""
    return _REQUESTS[panel](view, variant)


def step_of(view: View, variant: Variant) -> float:
    """The time step in ms: as chosen, else a fine one where there are delays, or neurons that are advanced."""
    fine = bool(variant.model.delays or variant.rule.neuron)
    return view.dt if view.dt is not None else 0.1 if fine else 1.0


def coarse_step_of(view: View, variant: Variant) -> float:
    """The same for spikes at multiples of `GRID`: rules in which nothing is advanced have nothing to do between them."""
    return GRID if view.dt is None and not _cell(variant) and not is_stepped(variant.model) else step_of(view, variant)


@lru_cache(maxsize=64)
def is_stepped(model: SynapseModel) -> bool:
    """True if something happens between spikes, so that the time step matters to more than rounding."""
    if model.every or model.conditions or model.delays or model.on_event or "dt" in model.mentioned:
        return True
    if any("linked" in equation.flags for equation in model.equations):
        return True
    simulation = bt.protocols.stage(model, [] * ms, [] * ms, options={"backend": "reference"}).simulation
    groups = simulation.facts.projections[0].integration
    return not all(isinstance(group, Exact) and group.event_driven for group in groups)


def weight_of(view: View, variant: Variant) -> float:
    """The weight at the beginning: as chosen, else the one that amplitudes are relative to, else half the bound, or half of 1."""
    if view.w is not None:
        return view.w
    if "w_0" in variant.fields and "rho" not in variant.model.text:
        return variant.fields["w_0"].value
    return 0.5 * (variant.fields["w_max"].value if "w_max" in variant.fields else 1.0)


def _window(view: View, variant: Variant) -> Request:
    dt, around = step_of(view, variant), _around(view, variant)
    check_work(320 / dt, 101, "the pairing window")
    lags = Code("np.arange(-100.0, 101.0, 2.0) * ms", np.arange(-100.0, 101.0, 2.0) * ms, ("ms",))
    return Request("window", (lags,), {"w": weight_of(view, variant), "dt": dt * ms, **around}, _cell(variant))


def _frequency(view: View, variant: Variant) -> Request:
    dt, around = coarse_step_of(view, variant), _around(view, variant)
    synapses = len(frequency.RATES) * len(frequency.LAGS)
    check_work(60e3 / min(frequency.RATES) / dt, synapses, "the frequency of pairings")
    w = weight_of(view, variant)
    return Request("frequency", (), {"w": w, "of": w or 1.0, "dt": dt * ms, **around}, _cell(variant))


def _triplets(view: View, variant: Variant) -> Request:
    dt, around = step_of(view, variant), _around(view, variant)
    check_work(60e3 / dt, len(triplets.GROUPS), "pairs, triplets and quadruplets")
    w = weight_of(view, variant)
    return Request("triplets", (), {"w": w, "of": w or 1.0, "dt": dt * ms, **around}, _cell(variant))


def _short_term(view: View, variant: Variant) -> Request:
    dt, around = step_of(view, variant), _around(view, variant)
    check_work(max(view.train, default=0.0) / dt, 1, "the short-term response")
    return Request("short_term", (_train(view.train or (10.0,), dt),), {"w": 1.0, "dt": dt * ms, **around})


def _traces(view: View, variant: Variant) -> Request:
    dt, around = step_of(view, variant), _around(view, variant)
    span = variant.rule.span
    length = max((*view.pre, *view.post, *view.third, 100.0)) + 50
    length = max(length, 0.0 if span is None else 1e3 * in_seconds(span, where="traces"))
    steps = round(length / dt)
    check_work(steps, 1, "traces")
    names = [e.name for e in variant.model.equations if not e.flags & {"summed", "linked"}]
    every = max(1, -(-steps // POINTS))
    steps = -(-steps // every) * every
    options: dict[str, Any] = {"duration": steps * dt * ms, "dt": dt * ms, "record": tuple(names), "every": every * dt * ms}
    if any(e.name == "w" and e.kind != "expression" for e in variant.model.equations):
        options["w"] = weight_of(view, variant)
    if variant.rule.stand_in:  # what is made up is shown
        options["record_cells"] = variant.rule.needs
    return Request("play", (_train(view.pre, dt), _train(view.post, dt)), {**options, **around}, _cell(variant))


_REQUESTS: dict[str, Callable[[View, Variant], Request]] = {
    "window": _window,
    "frequency": _frequency,
    "triplets": _triplets,
    "traces": _traces,
    "short_term": _short_term,
}


def _train(times: tuple[float, ...], dt: float) -> Any:
    return np.unique(np.round(np.asarray(times, dtype=float) / dt)) * dt * ms


def _around(view: View, variant: Variant) -> dict[str, Any]:
    """What a rule wants around it, besides a neuron: linked variables, third events."""
    model = variant.model
    found: dict[str, Any] = {}
    linked = {e.name: e.unit for e in model.equations if "linked" in e.flags}
    if linked:
        found["link"] = {
            name: view.level if unit == "1" else registry.Quantity(view.level, parse_unit(unit)) for name, unit in linked.items()
        }
    if events := {block.event for block in model.on_event if block.event is not None}:
        found["third"] = {name: _train(view.third, step_of(view, variant)) for name in sorted(events)}
    return found


def _cell(variant: Variant) -> dict[str, Any]:
    """The neuron that a rule reads variables of: the library's, one that stands in for it, or no more than what it sums into."""
    rule = variant.rule
    made_up: Any = rule.stand_in or ({} if any("summed" in e.flags for e in variant.model.equations) else None)
    found = {"neuron": made_up if rule.neuron is None else rule.neuron, "target": rule.target}
    return {key: value for key, value in found.items() if value is not None}
