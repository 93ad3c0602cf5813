"""The synapses of a projection as arrays: who is connected to whom, in which order, with which delays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bouton.analysis.facts import ProjectionFacts
from bouton.errors import Code, NetworkError
from bouton.network.population import base_and_indices
from bouton.plan.nodes import Pathway, Plan
from bouton.random.philox import stream_key
from bouton.runtime.grid import to_steps
from bouton.units import TIME, dimension_of, in_base, registry

Steps = NDArray[np.int64]
LARGEST = 2**31 - 1


@dataclass(frozen=True)
class Topology:
    """Synapses in order of storage: by source, then axonal delay, then target.

    ``order[k]`` is the place of the k-th stored synapse in the user's order. ``delays`` are in steps, by
    name, shape () or (n,).
    """

    sources: Steps
    targets: Steps
    order: Steps
    delays: dict[str, Steps]

    @property
    def size(self) -> int:
        """The number of synapses."""
        return len(self.sources)

    def rows(self, n_sources: int) -> Steps:
        """Where the synapses of each source begin, and at the end their number: shape (n_sources + 1,)."""
        return np.searchsorted(self.sources, np.arange(n_sources + 1)).astype(np.int64)

    @property
    def is_dense(self) -> bool:
        """True if the targets of each source follow one another without a gap."""
        same_row = self.sources[1:] == self.sources[:-1]
        return bool((np.diff(self.targets)[same_row] == 1).all())

    def in_storage_order(self, values: NDArray[Any]) -> NDArray[Any]:
        """Values given in the user's order, as stored."""
        return values[self.order]

    def in_user_order(self, values: NDArray[Any]) -> NDArray[Any]:
        """Stored values, in the user's order."""
        result = np.empty_like(values)
        result[self.order] = values
        return result


def build_topology(facts: ProjectionFacts, plan: Plan, dt: float, seed: int) -> Topology:
    """Draw the connections and put them in order of storage.

    Raises NetworkError: E405 and others of the pattern, E403, E404 (delays), E406 (no synapses).
    """
    projection, where = facts.projection, facts.scope.where
    pre, pre_indices = base_and_indices(projection.source)
    post, post_indices = base_and_indices(projection.target)
    same = pre is post and np.array_equal(pre_indices, post_indices)
    key = stream_key(seed, 4, facts.index)
    sources, targets = projection.pattern.connect(len(pre_indices), len(post_indices), key, same)
    sources, targets = pre_indices[sources], post_indices[targets]
    if len(sources) > LARGEST:
        raise NetworkError(Code.BAD_VALUE, f"{len(sources)} synapses in one projection", where=where, expected=f"≤ {LARGEST}")
    delays = _delays(facts, plan, dt, seed, len(sources))
    if delays["axonal"].ndim == 0 and _is_in_order(sources, targets):
        return Topology(sources, targets, np.arange(len(sources)), delays)
    axonal = np.broadcast_to(delays["axonal"], sources.shape)
    order = np.lexsort((targets, axonal, sources)).astype(np.int64)
    stored = {name: steps[order] if steps.ndim else steps for name, steps in delays.items()}
    return Topology(sources[order], targets[order], order, stored)


def _is_in_order(sources: Steps, targets: Steps) -> bool:
    """True if the synapses come by source, and those of a source by target."""
    later = sources[1:] - sources[:-1]
    return bool(((later > 0) | ((later == 0) & (targets[1:] >= targets[:-1]))).all())


def _delays(facts: ProjectionFacts, plan: Plan, dt: float, seed: int, n: int) -> dict[str, Steps]:
    """All delays of a projection in steps, in the user's order."""
    given = {**facts.projection.delays, **facts.projection.model.delays}
    delays = {"none": np.int64(0) + np.zeros((), dtype=np.int64)}
    for number, (name, value) in enumerate(given.items()):
        what = f"the delay of {name!r}" if name in facts.projection.model.delays else f"{name}_delay"
        least = plan.least_delays.get((facts.name, name), 0)
        delays[name] = _delay(value, dt, what, facts, (seed, 5, facts.index, number), n, least)
    if plan.least_delays.get((facts.name, "none"), 0):
        raise NetworkError(
            Code.BAD_DELAY,
            "third events are handled before the threshold of their step",
            where=facts.scope.where,
            expected="delays={event: dt} or more",
        )
    return delays


def _delay(value: Any, dt: float, what: str, facts: ProjectionFacts, stream: tuple[int, ...], n: int, least: int) -> Steps:
    where = facts.scope.where
    if hasattr(value, "draw"):
        if dimension_of(registry.Quantity(1.0, "second")) != value.dimension:
            in_base(1.0, TIME, where=f"{where}, {what}")
        drawn = value.draw(stream_key(*stream), np.arange(n))
        return to_steps(np.rint(drawn / dt) * dt, dt, what, where, least=least)
    seconds = np.asarray(in_base(value, TIME, where=f"{where}, {what}"))
    if seconds.shape not in {(), (n,)}:
        raise NetworkError(
            Code.BAD_SHAPE, f"{what} has shape {seconds.shape}", where=where, expected=f"one time or ({n},), one a synapse"
        )
    return to_steps(seconds, dt, what, where, least=least)


def pathway_arrays(pathway: Pathway, topology: Topology, keys: int) -> dict[str, NDArray[Any]]:
    """The arrays of a pathway: its distinct delays, and where each key's synapses of a delay are.

    ``keys`` is the number of neurons that can spike. Returns ``delays`` (steps, ascending), ``first`` of
    shape (keys·delays + 1,) and ``permutation`` (n,).
    """
    n, steps = topology.size, topology.delays[pathway.delay]
    by = {"source": topology.sources, "target": topology.targets, "all": np.zeros(n, dtype=np.int64)}[pathway.reach]
    key_count = 1 if pathway.reach == "all" else keys
    if steps.ndim == 0:
        distinct, bucket = steps.reshape(1), by
    else:
        distinct, group = np.unique(steps, return_inverse=True)
        distinct = distinct if n else np.zeros(1, dtype=np.int64)
        bucket = by * len(distinct) + group
    in_order = pathway.reach != "target" and (steps.ndim == 0 or pathway.delay == "axonal")
    permutation = np.arange(n) if in_order else np.argsort(bucket, kind="stable")
    first = np.zeros(key_count * len(distinct) + 1, dtype=np.int64)
    np.cumsum(np.bincount(bucket, minlength=len(first) - 1), out=first[1:])
    return {"delays": distinct, "first": first, "permutation": permutation}
