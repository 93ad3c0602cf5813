"""Every source to every target."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bouton.network.patterns.base import AbstractPattern, Indices, Row
from bouton.random import Key


@dataclass(frozen=True)
class AllToAll(AbstractPattern):
    """Every source to every target; within one population without i → i unless ``self_connections``."""

    self_connections: bool = True

    def connect(self, n_source: int, n_target: int, key: Key, same: bool, threads: int = 1) -> tuple[Indices, Indices]:
        """All pairs."""
        sources = np.repeat(np.arange(n_source), n_target)
        targets = np.tile(np.arange(n_target), n_source)
        if same and not self.self_connections:
            kept = sources != targets
            return sources[kept], targets[kept]
        return sources, targets

    def expected(self, n_source: int, n_target: int, same: bool) -> float:
        """All pairs."""
        return float(n_source * n_target - (n_source if same and not self.self_connections else 0))

    def row(self) -> Row:
        """All targets."""
        return Row("all", skip_self=not self.self_connections)
