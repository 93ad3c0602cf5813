"""Source i to target i."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bouton.errors import Code, NetworkError
from bouton.network.patterns.base import AbstractPattern, Indices, Row
from bouton.random import Key


@dataclass(frozen=True)
class OneToOne(AbstractPattern):
    """Source i to target i, for populations of equal size."""

    def connect(self, n_source: int, n_target: int, key: Key, same: bool, threads: int = 1) -> tuple[Indices, Indices]:
        """The pairs (i, i). Raises NetworkError (E407) if the sizes differ."""
        if n_source != n_target:
            raise NetworkError(
                Code.BAD_SHAPE,
                f"there are {n_source} sources and {n_target} targets",
                where="OneToOne",
                expected="populations of equal size",
                hint="views of equal size, as in cells[:800]",
            )
        return np.arange(n_source), np.arange(n_target)

    def expected(self, n_source: int, n_target: int, same: bool) -> float:
        """One for each source."""
        return float(n_source)

    def row(self) -> Row:
        """The target of the same number."""
        return Row("one")
