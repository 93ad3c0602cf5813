"""Projections whose synapses are not stored: what kernels need to draw them again, and the synapses for those who ask."""

from __future__ import annotations

from collections.abc import Collection
from itertools import pairwise
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from bouton.analysis.facts import ProjectionFacts
from bouton.errors import Code, SimulationError
from bouton.network.patterns.gaps import CHUNK, guide, marks
from bouton.network.population import base_and_indices
from bouton.plan.lower_drawn import counting, is_within
from bouton.random.philox import stream_key
from bouton.runtime.available import available_bytes, said

Steps = NDArray[np.int64]
BYTES_ASKED = 40
"""Bytes a synapse that it takes to show all of them: sources and targets, in the making and as they are handed on."""


@final
class DrawnTopology:
    """The synapses of a projection, none of which is stored, in the order of sources and targets.

    ``delays`` are in steps, by name, shape (). ``compiled`` says whether compiled code may count. Numbers of synapses are
    counted when somebody asks for them.
    """

    order: None = None

    def __init__(self, facts: ProjectionFacts, delays: dict[str, Steps], seed: int, *, compiled: bool) -> None:
        assert facts.regeneration is not None
        self.facts = facts
        self.row = facts.regeneration.row
        self.delays = delays
        self._key = stream_key(seed, 4, facts.index)
        self._compiled = compiled
        self._skip_self = self.row.skip_self and is_within(facts)
        _, self._pre = base_and_indices(facts.projection.source)
        _, self._post = base_and_indices(facts.projection.target)
        self._counts: dict[tuple[int, ...], Steps] = {}
        if self.row.kind == "one":
            self._connect()  # refuses unequal sizes

    # --- what kernels need --------------------------------------------------------------------------------

    def fixed(self, wanted: Collection[str], at: Steps | None = None) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Values of slots of the projection by name, and for each part of several threads those that are its own.

        ``wanted`` are the slots there are, ``at`` where the parts of the targets' population begin, and its size.
        """
        source_of = np.full(self.facts.pre.population.size, -1, dtype=np.int32)
        source_of[self._pre] = np.arange(len(self._pre), dtype=np.int32)
        common = {":source of": source_of, ":shift": int(self._post[0]), ":target of": self._post}
        if self.row.kind == "gaps":
            common |= {":marks": marks(self.row.p), ":guide": guide(self.row.p)}
        edges = [0, len(self._post)] if at is None else np.searchsorted(self._post, at).tolist()
        own: list[dict[str, Any]] = [{":low": low, ":high": high} for low, high in pairwise(edges)]
        if ":numbers" in wanted:
            for part, numbers in zip(own, self._numbers(edges), strict=True):
                part[":numbers"] = numbers
        return common | own[0], own

    def _numbers(self, edges: list[int]) -> list[Steps]:
        """For each part the number of each source's first synapse there, shape (neurons,); gaps begin with a chunk."""
        begins = [edge // CHUNK * CHUNK if self.row.kind == "gaps" else edge for edge in edges[:-1]]
        counts = self._count((*begins, edges[-1]))
        first = np.cumsum(counts.sum(axis=0)) - counts.sum(axis=0)
        return [first + counts[:number].sum(axis=0) for number in range(len(begins))]

    def onto(self, size: int) -> NDArray[np.float64]:
        """The mean number of synapses onto each of ``size`` neurons."""
        found = np.zeros(size)
        found[self._post] = self.expected / len(self._post)
        return found

    # --- counting -----------------------------------------------------------------------------------------

    @property
    def expected(self) -> float:
        """The number of synapses, or its mean if nobody has counted yet."""
        known = next(iter(self._counts.values()), None)
        if known is not None:
            return float(known.sum())
        return self.facts.projection.pattern.expected(len(self._pre), len(self._post), self._skip_self)

    @property
    def size(self) -> int:
        """The number of synapses, counted."""
        known = next(iter(self._counts.values()), None)
        return int((self._count((0, len(self._post))) if known is None else known).sum())

    def _count(self, edges: tuple[int, ...]) -> Steps:
        """Synapses of each neuron between ``edges`` in the places of targets, shape (parts, neurons)."""
        if edges not in self._counts:
            count = self._counted if self._compiled else self._counted_by_arrays
            self._counts[edges] = np.array([count(low, high) for low, high in pairwise(edges)])
        return self._counts[edges]

    def _counted_by_arrays(self, low: int, high: int) -> Steps:
        sources, targets = self._connect()
        chosen = sources[(low <= targets) & (targets < high)]
        found = np.zeros(self.facts.pre.population.size, dtype=np.int64)
        found[self._pre] = np.bincount(chosen, minlength=len(self._pre))
        return found

    def _counted(self, low: int, high: int) -> Steps:
        from bouton.backends.numba_cpu.alone import call_alone

        size = len(self._pre)
        found = np.zeros(size, dtype=np.int64)
        numbers = np.arange(size, dtype=np.int32)
        scalars = {"width": size, "mask": 0, "low": low, "high": high, "shift": 0}
        arrays = {name: np.array([value]) for name, value in scalars.items()}
        arrays |= {"spikes": numbers, "source_of": numbers, "counts": np.array([size], dtype=np.int32), "found": found}
        if self.row.kind == "gaps":
            arrays |= {"connections": np.array(self._key), "marks": marks(self.row.p), "guide": guide(self.row.p)}
        call_alone(counting(self.row.kind, skip_self=self._skip_self), arrays)
        of_neurons = np.zeros(self.facts.pre.population.size, dtype=np.int64)
        of_neurons[self._pre] = found
        return of_neurons

    # --- for those who ask --------------------------------------------------------------------------------

    def check_fits(self) -> None:
        """Raises SimulationError (E605) if there is no room to show all synapses."""
        needed, available = BYTES_ASKED * self.expected, available_bytes()
        if available is not None and needed > available:
            raise SimulationError(
                Code.NO_ROOM,
                f"{self.expected:.3g} synapses that are not stored take {said(needed)} to show",
                where=self.facts.scope.where,
                expected=f"at most {said(available)}, what is available on this machine",
            )

    def _connect(self) -> tuple[NDArray[Any], NDArray[Any]]:
        self.check_fits()
        same = is_within(self.facts)
        return self.facts.projection.pattern.connect(len(self._pre), len(self._post), self._key, same)

    @property
    def sources(self) -> NDArray[np.int32]:
        """The source of each synapse, drawn when asked for. Raises SimulationError (E605) if there is no room."""
        sources: NDArray[np.int32] = self._pre.astype(np.int32)[self._connect()[0]]
        return sources

    @property
    def targets(self) -> NDArray[np.int32]:
        """The target of each synapse, likewise."""
        targets: NDArray[np.int32] = self._post.astype(np.int32)[self._connect()[1]]
        return targets

    def in_storage_order(self, values: NDArray[Any]) -> NDArray[Any]:
        """Values as they are: there is one order."""
        return values

    def in_user_order(self, values: NDArray[Any]) -> NDArray[Any]:
        """Values as they are."""
        return values

    def for_users(self, stored: Any) -> Steps:
        """Numbers as they are."""
        return np.asarray(stored, dtype=np.int64)

    def stored(self, numbers: Steps) -> Steps:
        """Numbers as they are."""
        return numbers
