"""The synapses of a projection as arrays: who is connected to whom, in which order, with which delays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from bouton.analysis.facts import ProjectionFacts
from bouton.errors import Code, NetworkError
from bouton.network.population import base_and_indices
from bouton.plan.plan import Pathway, Plan
from bouton.plan.slots import target_type
from bouton.random.philox import stream_key
from bouton.runtime.drawn_topology import DrawnTopology
from bouton.runtime.grid import to_steps
from bouton.units import TIME, dimension_of, in_base, registry

Steps = NDArray[np.int64]
LARGEST = 2**31 - 1


@dataclass(frozen=True)
class Topology:
    """Synapses in order of storage: by source, then axonal delay, then target.

    Those of source i are ``rows[i]`` to ``rows[i + 1]``; ``targets`` has two bytes for each, or four. ``order[k]`` is the place
    of the k-th stored synapse in the user's order, None if that is the same. ``delays`` are in steps, by name, shape () or (n,).
    Where synapses appear and go, ``names`` are the ids that they have had since they appeared, in the user's order, which is
    that of ids; ``born`` is how many there have been.
    """

    rows: Steps
    targets: NDArray[Any]
    order: Steps | None
    delays: dict[str, Steps]
    names: Steps | None = None
    born: int | None = None

    @property
    def size(self) -> int:
        """The number of synapses."""
        return len(self.targets)

    @property
    def sources(self) -> NDArray[np.int32]:
        """The source of each synapse (made anew when asked for)."""
        return np.repeat(np.arange(len(self.rows) - 1, dtype=np.int32), np.diff(self.rows))

    @property
    def is_dense(self) -> bool:
        """True if the targets of each source follow one another without a gap."""
        begin, end = self.rows[:-1], self.rows[1:]
        used = begin < end
        if (self.targets[end[used] - 1] - self.targets[begin[used]] != (end - begin)[used] - 1).any():
            return False
        same_row = np.ones(max(self.size - 1, 0), dtype=bool)
        same_row[begin[used][1:] - 1] = False
        return bool((np.diff(self.targets)[same_row] == 1).all())

    @property
    def expected(self) -> float:
        """The number of synapses: of others it may be the mean."""
        return float(self.size)

    def onto(self, size: int) -> NDArray[np.float64]:
        """The number of synapses onto each of ``size`` neurons."""
        return np.bincount(self.targets, minlength=size).astype(np.float64)

    def ends(self, side: str, stored: NDArray[Any]) -> NDArray[Any]:
        """The sources (``pre``) or targets of stored synapses."""
        return self.targets[stored] if side == "post" else np.searchsorted(self.rows, stored, side="right") - 1

    def in_storage_order(self, values: NDArray[Any]) -> NDArray[Any]:
        """Values given in the user's order, as stored."""
        return values if self.order is None else values[self.order]

    def in_user_order(self, values: NDArray[Any]) -> NDArray[Any]:
        """Stored values, in the user's order."""
        if self.order is None:
            return values
        result = np.empty_like(values)
        result[self.order] = values
        return result

    def for_users(self, stored: Any) -> Steps:
        """The user's numbers of stored synapses."""
        return np.asarray(stored, dtype=np.int64) if self.order is None else self.order[stored]

    @property
    def ids(self) -> Steps:
        """The id of each synapse, in the user's order."""
        return np.arange(self.size) if self.names is None else self.names

    def numbers(self, stored: Any) -> Steps:
        """The ids of stored synapses."""
        places = self.for_users(stored)
        return places if self.names is None else self.names[places]

    def places_of(self, ids: Steps) -> Steps:
        """Where the synapses with these ids are stored; -1 for those that are no more."""
        known = self.ids
        position = np.minimum(np.searchsorted(known, ids), max(self.size - 1, 0))
        there = known[position] == ids if self.size else np.zeros(len(ids), dtype=bool)
        return np.where(there, self.stored(position) if self.size else -1, -1)

    def changed(self, kept: NDArray[np.bool_], sources: Steps, targets: Steps) -> tuple[Topology, Steps]:
        """Without the synapses that are not ``kept`` and with new ones; and where each stored one was stored before, or -1."""
        born = self.size if self.born is None else self.born
        before = np.concatenate([np.flatnonzero(kept), np.full(len(sources), -1)])
        ids = np.concatenate([self.numbers(np.flatnonzero(kept)), born + np.arange(len(sources))])
        ends = (np.concatenate([self.sources[kept], sources]), np.concatenate([self.targets[kept], targets]).astype(np.int32))
        delays = {name: steps[kept] if steps.ndim else steps for name, steps in self.delays.items()}
        order = np.lexsort((ends[1], np.broadcast_to(delays["axonal"], ids.shape), ends[0]))
        by_source, ids = ends[0][order], ids[order]
        rows = np.searchsorted(by_source, np.arange(len(self.rows))).astype(np.int64)
        delays = {name: steps[order] if steps.ndim else steps for name, steps in delays.items()}
        rank = np.empty(len(ids), dtype=np.int64)
        rank[np.argsort(ids)] = np.arange(len(ids))
        return Topology(rows, ends[1][order], rank, delays, np.sort(ids), born + len(sources)), before[order]

    def stored(self, numbers: Steps) -> Steps:
        """Where the synapses with the user's numbers are stored."""
        return numbers if self.order is None else np.argsort(self.order)[numbers]


AnyTopology: TypeAlias = Topology | DrawnTopology


def build_topology(facts: ProjectionFacts, plan: Plan, dt: float, seed: int, *, compiled: bool) -> AnyTopology:
    """Draw the connections and put them in order of storage; nothing of those that are not stored.

    Raises NetworkError: E405 and others of the pattern, E403, E404 (delays), E406 (no synapses).
    """
    projection, where = facts.projection, facts.scope.where
    if facts.regeneration is not None:
        return DrawnTopology(facts, _delays(facts, plan, dt, seed, 0), seed, compiled=compiled)
    pre, pre_indices = base_and_indices(projection.source)
    post, post_indices = base_and_indices(projection.target)
    same = pre is post and np.array_equal(pre_indices, post_indices)
    key = stream_key(seed, 4, facts.index)
    drawn = projection.pattern.connect(len(pre_indices), len(post_indices), key, same, plan.parts)
    if len(drawn[0]) > LARGEST:
        raise NetworkError(Code.BAD_VALUE, f"{len(drawn[0])} synapses in one projection", where=where, expected=f"≤ {LARGEST}")
    sources, targets = _placed(drawn[0], pre_indices, pre.size), _placed(drawn[1], post_indices, post.size)
    delays = _delays(facts, plan, dt, seed, len(sources))
    order = None
    if delays["axonal"].ndim or not _is_in_order(sources, targets):
        order = np.lexsort((targets, np.broadcast_to(delays["axonal"], sources.shape), sources)).astype(np.int64)
        sources, targets = sources[order], targets[order]
        delays = {name: steps[order] if steps.ndim else steps for name, steps in delays.items()}
    rows = np.searchsorted(sources, np.arange(pre.size + 1)).astype(np.int64)
    return Topology(rows, targets.astype(target_type(facts), copy=False), order, delays)


def _placed(numbers: NDArray[Any], indices: Steps, size: int) -> NDArray[np.int32]:
    """Numbers within a view as numbers of neurons."""
    numbers = numbers.astype(np.int32, copy=False)
    return numbers if len(indices) == size and (np.diff(indices) == 1).all() else indices.astype(np.int32)[numbers]


def _is_in_order(sources: NDArray[np.int32], targets: NDArray[np.int32]) -> bool:
    """True if the synapses come by source, and those of a source by target."""
    later = sources[1:] > sources[:-1]
    return bool((later | ((sources[1:] == sources[:-1]) & (targets[1:] >= targets[:-1]))).all())


def _delays(facts: ProjectionFacts, plan: Plan, dt: float, seed: int, n: int) -> dict[str, Steps]:
    """All delays of a projection in steps, in the user's order."""
    given = facts.projection.all_delays
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


def pathway_arrays(pathway: Pathway, topology: AnyTopology, keys: int, limits: Steps | None = None) -> Pathways:
    """Where the synapses of each key and delay are; ``keys`` is the number of neurons that can spike.

    ``limits`` are where the parts of several threads begin, and the number of targets.
    """
    steps = topology.delays[pathway.delay]
    if steps.ndim == 0:
        distinct, group = steps.reshape(1), None
    else:
        distinct, group = np.unique(steps, return_inverse=True)
        distinct = distinct if topology.size else np.zeros(1, dtype=np.int64)
    limits = None if pathway.reach == "target" else limits  # threads have a part of the keys then
    return Pathways(pathway, topology, 1 if pathway.reach == "all" else keys, distinct, group, limits)


@dataclass(frozen=True)
class Pathways:
    """The synapses of a pathway by its distinct delays (steps, ascending) and the ``group`` of each synapse among them.

    ``first``, shape (keys·delays·parts + 1,), and ``permutation`` (n,) are made when asked for: few plans need both.
    """

    pathway: Pathway
    topology: AnyTopology
    keys: int
    delays: Steps
    group: Steps | None
    limits: Steps | None = None

    @property
    def first(self) -> Steps:
        """Where the synapses of each key, delay and part begin, and at the end their number."""
        assert isinstance(self.topology, Topology)
        if self.pathway.reach == "source" and self.group is None and self.limits is None:
            return self.topology.rows
        parts = 1 if self.limits is None else len(self.limits) - 1
        first = np.zeros(self.keys * len(self.delays) * parts + 1, dtype=np.int64)
        np.cumsum(np.bincount(self._bucket(), minlength=len(first) - 1), out=first[1:])
        return first

    @property
    def permutation(self) -> NDArray[Any]:
        """The stored synapses in the order of keys and delays."""
        by_row = self.pathway.reach != "target" and (self.group is None or self.pathway.delay == "axonal")
        if self.limits is not None:  # within a row synapses are in the order of targets if all have one axonal delay
            in_order = self.topology.delays["axonal"].ndim == 0 and self.group is None
            by_row = self.pathway.reach == "source" and (in_order or self.pathway.delay == "axonal")
        return np.arange(self.topology.size) if by_row else np.argsort(self._bucket(), kind="stable")

    def _bucket(self) -> NDArray[Any]:
        if self.pathway.reach == "all":
            by: NDArray[Any] = np.zeros(self.topology.size, dtype=np.int64)
        else:
            by = self.topology.sources if self.pathway.reach == "source" else self.topology.targets
        by = by if self.group is None else by.astype(np.int64) * len(self.delays) + self.group
        if self.limits is None:
            return by
        part = np.searchsorted(self.limits[1:-1], self.topology.targets, side="right")
        return by.astype(np.int64) * (len(self.limits) - 1) + part
