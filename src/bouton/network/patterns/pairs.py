"""Synapses listed one by one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from bouton.errors import Code, NetworkError
from bouton.network.patterns.base import AbstractPattern, Indices, checked_indices, refuse_beyond
from bouton.random import Key


@dataclass(frozen=True, init=False, eq=False)
class Pairs(AbstractPattern):
    """A synapse from ``sources[i]`` to ``targets[i]`` for every i, in this order; a pair may come more than once.

    Raises NetworkError: E407 unless both are lists of equal length, E405 if an entry is not an integer of at least 0.
    """

    sources: Indices
    targets: Indices

    def __init__(self, sources: ArrayLike, targets: ArrayLike) -> None:
        object.__setattr__(self, "sources", checked_indices(sources, "Pairs, sources"))
        object.__setattr__(self, "targets", checked_indices(targets, "Pairs, targets"))
        if self.sources.size != self.targets.size:
            raise NetworkError(
                Code.BAD_SHAPE,
                f"there are {self.sources.size} sources and {self.targets.size} targets",
                where="Pairs",
                expected="one target for each source",
            )

    def connect(self, n_source: int, n_target: int, key: Key, same: bool, threads: int = 1) -> tuple[Indices, Indices]:
        """The pairs as they were given. Raises NetworkError (E405) if one is beyond a population's end."""
        refuse_beyond(self.sources, n_source, "Pairs, sources")
        refuse_beyond(self.targets, n_target, "Pairs, targets")
        return self.sources, self.targets

    def expected(self, n_source: int, n_target: int, same: bool) -> float:
        """As many as were given."""
        return float(len(self.sources))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Pairs):
            return NotImplemented
        return np.array_equal(self.sources, other.sources) and np.array_equal(self.targets, other.targets)

    def __hash__(self) -> int:
        return hash((self.sources.tobytes(), self.targets.tobytes()))
