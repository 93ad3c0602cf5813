"""Synapses and their values from a sparse matrix."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bouton.errors import Code, NetworkError
from bouton.network.patterns.base import AbstractPattern, Indices
from bouton.network.patterns.pairs import Pairs
from bouton.random import Key
from bouton.units import QUANTITY_TYPE, Unit, registry


@dataclass(frozen=True, init=False, eq=False)
class FromSparse(AbstractPattern):
    """A synapse for every stored entry of a SciPy sparse matrix; the entry is the initial value of ``variable``.

    Parameters
    ----------
    matrix: any sparse matrix or array of shape (sources, targets), or ``matrix * nS`` if its entries have a unit.
        A stored 0 makes a synapse too, an entry stored twice makes two (SciPy adds them up in ``matrix * nS``).
        A copy is taken.
    variable: name of a synaptic variable.

    Raises NetworkError: E407 unless the matrix is sparse and two-dimensional, E401 if an entry is not a finite number.
    """

    shape: tuple[int, int]
    pairs: Pairs
    entries: NDArray[np.float64]
    unit: Unit | None
    variable: str

    def __init__(self, matrix: Any, variable: str = "w") -> None:
        has_unit: bool = isinstance(matrix, QUANTITY_TYPE)
        sparse, unit = (matrix.magnitude, matrix.units) if has_unit else (matrix, None)
        if not hasattr(sparse, "tocoo") or len(sparse.shape) != 2:
            raise NetworkError(
                Code.BAD_SHAPE,
                f"the matrix is a {type(sparse).__name__} of shape {np.shape(sparse)}",
                where="FromSparse",
                expected="a sparse matrix of shape (sources, targets)",
                hint="scipy.sparse.coo_array(matrix)",
            )
        coo = sparse.tocoo()
        if coo.data.dtype.kind not in "biuf" or not np.isfinite(coo.data).all():
            raise NetworkError(
                Code.BAD_VALUE,
                f"the matrix has entries that are not finite real numbers (type {coo.data.dtype})",
                where=f"FromSparse, {variable}",
                expected="finite real numbers",
            )
        entries = np.array(coo.data, dtype=np.float64)
        entries.flags.writeable = False
        object.__setattr__(self, "shape", tuple(sparse.shape))
        object.__setattr__(self, "pairs", Pairs(coo.row, coo.col))
        object.__setattr__(self, "entries", entries)
        object.__setattr__(self, "unit", unit)
        object.__setattr__(self, "variable", variable)

    def connect(self, n_source: int, n_target: int, key: Key, same: bool, threads: int = 1) -> tuple[Indices, Indices]:
        """The stored entries, in the order of the matrix. Raises NetworkError (E407) if the shape is another."""
        if self.shape != (n_source, n_target):
            raise NetworkError(
                Code.BAD_SHAPE,
                f"the matrix has shape {self.shape}",
                where="FromSparse",
                expected=f"{(n_source, n_target)}, the numbers of sources and targets",
                hint="the transposed matrix, matrix.T" if self.shape == (n_target, n_source) else None,
            )
        return self.pairs.sources, self.pairs.targets

    def expected(self, n_source: int, n_target: int, same: bool) -> float:
        """As many as there are stored entries."""
        return self.pairs.expected(n_source, n_target, same)

    def values(self) -> Mapping[str, Any]:
        """The entries, float64 or a quantity, as initial values of ``variable``."""
        return {self.variable: self.entries if self.unit is None else registry.Quantity(self.entries, self.unit)}

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, FromSparse):
            return NotImplemented
        mine = (self.shape, self.pairs, self.unit, self.variable)
        theirs = (other.shape, other.pairs, other.unit, other.variable)
        return mine == theirs and np.array_equal(self.entries, other.entries)

    def __hash__(self) -> int:
        return hash((self.shape, self.pairs, self.unit, self.variable))
