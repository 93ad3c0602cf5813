"""Synapses of a state appear and go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bouton.analysis.facts import ProjectionFacts
from bouton.model.timed_array import TimedArray
from bouton.runtime.topology import Topology
from bouton.runtime.values import as_array

if TYPE_CHECKING:
    from bouton.runtime.state import State

Ids = NDArray[np.int64]


@dataclass(frozen=True)
class Before:
    """A projection as it was before any synapse appeared or went, with what it was given for each, or for all."""

    topology: Topology
    given: Mapping[tuple[str, str], Any]


def before_change(state: State, projection: str) -> Before:
    """A projection as it was before any synapse appeared or went."""
    topology = state.topologies[projection]
    assert isinstance(topology, Topology)
    return state.grown.get(projection) or Before(topology, _given(state, projection))


def _given(state: State, projection: str) -> dict[tuple[str, str], Any]:
    """What a projection is given now, for each synapse or for all."""
    return {k: v for k, v in state.given.items() if k[0] == projection and not isinstance(v, TimedArray)}


def rewire(state: State, facts: ProjectionFacts, kept: NDArray[np.bool_], sources: Ids, targets: Ids, step: int) -> None:
    """Let synapses of a projection go and others appear, before a step; all else stays as it is."""
    name, topology, old = facts.name, state.topologies[facts.name], state.memory
    assert isinstance(topology, Topology)
    state.grown[name] = before_change(state, name)
    topology, before = topology.changed(kept, sources, targets)
    state.topologies[name] = topology
    fresh = before < 0
    ids = topology.numbers(np.flatnonzero(fresh))
    for key, values in _given(state, name).items():
        if np.ndim(values):
            state.given[key] = _moved(values, before, _beginning(state, facts, key[1], ids))
    own = {slot.key: slot for slot in state.plan.slots if slot.owner == name and slot.shape == ("n",) and slot.role != "fixed"}
    state.memory = state.allocate()
    state.memory.take_over(old, state.initialise_slot, own)
    for key, slot in own.items():
        at_step = key[1].endswith(":at")
        otherwise = state.plan.initial.get(key, 0.0)
        start = step if at_step else _beginning(state, facts, key[1].removesuffix(":past"), ids, otherwise)
        state.memory.put(key, _moved(old.view(slot.key), before, start))


def _beginning(state: State, facts: ProjectionFacts, name: str, ids: Ids, otherwise: float = 0.0) -> Any:
    """What synapses that appear have of a variable or parameter to begin with: one value, or one for each of ``ids``."""
    symbol = facts.scope.symbols.get(name)
    if symbol is None:
        return otherwise
    known = {**facts.projection.model.parameters, **facts.projection.pattern.values(), **facts.projection.values}
    if name not in known or len(ids) == 0:
        return 0.0
    return as_array(known[name], symbol, len(ids), facts.scope.where, (state.seed, 2, facts.index), ids)


def _moved(values: NDArray[Any], before: Ids, start: Any) -> NDArray[Any]:
    """Values of synapses that were elsewhere before, and ``start`` for those that were not there (-1)."""
    found = np.empty(len(before), dtype=values.dtype)
    found[before >= 0] = values[before[before >= 0]]
    found[before < 0] = start
    return found
