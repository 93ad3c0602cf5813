"""May the synapses of a projection be drawn again at each event, with nothing kept for any of them?

They may if which targets a source has follows from its number, and if all that a synapse has of its own is drawn when the
network is made and never changes: then the counter-based generator gives it again whenever it is needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from bouton.analysis.facts import Regeneration
from bouton.analysis.find_places import is_one_value
from bouton.analysis.symbols import Scope
from bouton.errors import Code, ModelError, Span
from bouton.network.distributions import AbstractDistribution, LogNormal, Normal, Uniform
from bouton.network.population import base_and_indices
from bouton.network.projection import Projection


@dataclass(frozen=True)
class Obstacle:
    """Why synapses have to be stored: the reason, what would do, what to try and the place in the text, if there are any."""

    reason: str
    expected: str
    hint: str | None = None
    span: Span | None = None


def find_regeneration(projection: Projection, scope: Scope) -> Regeneration | Obstacle:
    """How the synapses of a projection are drawn again, or why they cannot be."""
    row = projection.pattern.row()
    if row is None:
        name = type(projection.pattern).__name__
        return Obstacle(f"a source's targets by {name} do not follow from its number alone", "Bernoulli, AllToAll or OneToOne")
    for check in (_views, _blocks, _variables, _delays, _values):
        obstacle = next(check(projection, scope), None)
        if obstacle is not None:
            return obstacle
    given = {n: _given(projection, n) for n, s in scope.symbols.items() if s.kind in {"parameter", "constant"}}
    return Regeneration(row, {name: value for name, value in given.items() if isinstance(value, AbstractDistribution)})


def regeneration(projection: Projection, scope: Scope) -> Regeneration | None:
    """The same for a projection that is to be so; None for others. Raises ModelError (E506) with the obstacle."""
    if projection.stored:
        return None
    found = find_regeneration(projection, scope)
    if isinstance(found, Obstacle):
        raise ModelError(
            Code.UNSUPPORTED,
            f"synapses cannot be drawn again at each event (stored=False): {found.reason}",
            where=scope.where,
            span=found.span,
            expected=found.expected,
            hint=found.hint or "stored=True",
        )
    return found


def is_for_all(projection: Projection, name: str) -> bool:
    """True for a constant that is given once for all synapses."""
    value = _given(projection, name)
    return not isinstance(value, AbstractDistribution) and is_one_value(value)


def _given(projection: Projection, name: str) -> Any:
    return projection.values.get(name, projection.model.parameters.get(name, 0))


def _views(projection: Projection, scope: Scope) -> Iterator[Obstacle]:
    del scope
    for side, what in ((projection.source, "sources"), (projection.target, "targets")):
        _, indices = base_and_indices(side)
        if (np.diff(indices) <= 0).any():
            yield Obstacle(f"the {what} are not in ascending order", f"a view of {what} in order, each once")


def _blocks(projection: Projection, scope: Scope) -> Iterator[Obstacle]:
    del scope
    model = projection.model
    others = {
        "at postsynaptic events": model.on_post,
        "at third events": model.on_event,
        "for all synapses at an interval": model.every,
    }
    for when, blocks in others.items():
        if blocks:
            yield Obstacle(f"{blocks[0].name!r} runs {when}", "presynaptic blocks only")
    for equation in model.equations:
        if "summed" in equation.flags:
            yield Obstacle("a sum goes over all synapses in each step", "presynaptic blocks only", span=equation.span)


def _variables(projection: Projection, scope: Scope) -> Iterator[Obstacle]:
    del projection
    for name, symbol in scope.symbols.items():
        if symbol.kind in {"ode", "variable"}:
            yield Obstacle(
                f"{name!r} is a variable, which would have to be kept",
                "parameters and constants only",
                f"a parameter, or '{name} : … (constant)', if it never changes" if symbol.kind == "variable" else None,
                None if symbol.equation is None else symbol.equation.span,
            )


def _delays(projection: Projection, scope: Scope) -> Iterator[Obstacle]:
    del scope
    for name, value in projection.all_delays.items():
        if isinstance(value, AbstractDistribution) or not is_one_value(value):
            what = f"{name}_delay" if name in projection.delays else f"the delay of {name!r}"
            yield Obstacle(f"{what} is given for each synapse", "one delay for all synapses")


def _values(projection: Projection, scope: Scope) -> Iterator[Obstacle]:
    for name, symbol in scope.symbols.items():
        if symbol.shared or symbol.kind not in {"parameter", "constant", "timed"}:
            continue
        value = _given(projection, name)
        if not isinstance(value, (Uniform, Normal, LogNormal)):
            yield Obstacle(f"{name!r} is given for each synapse", "one value, or one of Uniform, Normal and LogNormal")
