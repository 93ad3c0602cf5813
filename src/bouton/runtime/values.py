"""Values that users give: numbers, quantities, arrays and distributions, as plain arrays."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bouton.analysis.symbols import Symbol
from bouton.errors import Code, NetworkError, UnitError
from bouton.network.distributions import AbstractDistribution
from bouton.random.philox import stream_key
from bouton.units import in_base, show_dimension

Array = NDArray[np.float64]


def as_array(
    value: Any, symbol: Symbol, n: int, where: str, stream: tuple[int, int, int], elements: NDArray[np.int64] | None = None
) -> Array:
    """A value for ``n`` elements as an array of shape () or (n,), in base units.

    ``stream`` (seed, kind and number of the object) keys the draws of a distribution, for the ``elements`` 0 to n - 1 unless
    others are named. Raises UnitError (E301), NetworkError (E407
    shape, E401 NaN, infinite state, negative time).
    """
    what = f"{where}, {symbol.name}"
    if isinstance(value, AbstractDistribution):
        if value.dimension != symbol.dimension:
            raise UnitError(
                Code.DIMENSION,
                f"{value!r:.60} has dimension {show_dimension(value.dimension)}",
                where=what,
                expected=show_dimension(symbol.dimension),
            )
        seed, kind, index = stream
        key = stream_key(seed, 3, kind, index, zlib.crc32(symbol.base.encode()))
        array: Array = np.asarray(value.draw(key, np.arange(n) if elements is None else elements))
    else:
        array = np.asarray(in_base(value, symbol.dimension, where=what), dtype=np.float64)
    allowed: set[tuple[int, ...]] = {()} if symbol.shared else {(), (n,)}
    if array.shape not in allowed:
        raise NetworkError(
            Code.BAD_SHAPE,
            f"{symbol.name!r} is given {array.size} values of shape {array.shape}",
            where=where,
            expected="one value" if symbol.shared else f"one value or {n}",
            hint="give one value for each element where the object is made (and stored)" if symbol.shared else None,
        )
    check_duration(array, symbol, where)
    if np.isnan(array).any():
        raise NetworkError(Code.BAD_VALUE, f"{symbol.name!r} is given NaN", where=where, expected="numbers")
    if symbol.kind in {"ode", "variable"} and not np.isfinite(array).all():
        raise NetworkError(
            Code.BAD_VALUE,
            f"{symbol.name!r} is given an infinite value",
            where=where,
            expected="finite values; parameters may be infinite",
        )
    return array


def check_duration(array: Array, symbol: Symbol, where: str) -> None:
    """Raises NetworkError (E401) for a negative time where none can be."""
    if symbol.duration and (array < 0).any():
        raise NetworkError(
            Code.BAD_VALUE, f"{symbol.name!r} is given a negative time", where=where, expected="times of at least 0"
        )
