"""The same number of synapses from every source."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bouton.network.patterns.base import AbstractPattern, Indices, checked_count
from bouton.network.patterns.sampling import partners
from bouton.random import Key


@dataclass(frozen=True)
class FixedOutDegree(AbstractPattern):
    """``k`` targets for every source, every choice of them equally likely.

    ``multapses`` allows a target more than once, ``self_connections`` i → i within one population. What a source
    gets does not depend on how many sources there are.
    """

    k: int
    multapses: bool = False
    self_connections: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "k", checked_count(self.k, "FixedOutDegree"))

    def connect(self, n_source: int, n_target: int, key: Key, same: bool, threads: int = 1) -> tuple[Indices, Indices]:
        """The pairs drawn, in ascending order. Raises NetworkError (E401) if there are too few targets."""
        skip_self = same and not self.self_connections
        chosen = partners(key, n_source, self.k, n_target, multapses=self.multapses, skip_self=skip_self, where="FixedOutDegree")
        return np.repeat(np.arange(n_source), self.k), chosen.ravel()

    def expected(self, n_source: int, n_target: int, same: bool) -> float:
        """``k`` for each source."""
        return float(self.k * n_source)
