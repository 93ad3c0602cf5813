"""The same number of synapses onto every target."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bouton.network.patterns.base import AbstractPattern, Indices, checked_count
from bouton.network.patterns.sampling import partners
from bouton.random import Key


@dataclass(frozen=True)
class FixedInDegree(AbstractPattern):
    """``k`` sources for every target, every choice of them equally likely.

    ``multapses`` allows a source more than once, ``self_connections`` i → i within one population. What a target
    gets does not depend on how many targets there are.
    """

    k: int
    multapses: bool = False
    self_connections: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "k", checked_count(self.k, "FixedInDegree"))

    def connect(self, n_source: int, n_target: int, key: Key, same: bool, threads: int = 1) -> tuple[Indices, Indices]:
        """The pairs drawn, in ascending order. Raises NetworkError (E401) if there are too few sources."""
        skip_self = same and not self.self_connections
        chosen = partners(key, n_target, self.k, n_source, multapses=self.multapses, skip_self=skip_self, where="FixedInDegree")
        sources, targets = chosen.ravel(), np.repeat(np.arange(n_target), self.k)
        order = np.argsort(sources, kind="stable")
        return sources[order], targets[order]

    def expected(self, n_source: int, n_target: int, same: bool) -> float:
        """``k`` for each target."""
        return float(self.k * n_target)
