"""Values given in advance on a grid of their own."""

from __future__ import annotations

from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from bouton.errors import Code, NetworkError
from bouton.units import Dimension, Quantity, dimension_of, in_seconds, to_base


@final
class TimedArray:
    """A piecewise constant function of time, used as a parameter or as a rate.

    Parameters
    ----------
    values: quantity or numbers, shape (bins,) for one function or (bins, elements) for one each.
    dt: length of a bin. It must be a whole number of the simulation's steps.

    The last value holds after the end. In equations it is written by its parameter's name, ``I`` or
    ``I(t)``. Raises NetworkError (E406 empty, E401 not finite, E407 wrong shape, E601 dt ≤ 0).
    """

    def __init__(self, values: Quantity, dt: Quantity) -> None:
        self.dimension: Dimension = dimension_of(values)
        data: Any = np.atleast_1d(to_base(values, where="TimedArray"))
        if data.size == 0:
            raise NetworkError(Code.EMPTY, "the array has no values", where="TimedArray", expected="at least one")
        if data.ndim > 2:
            raise NetworkError(
                Code.BAD_SHAPE, f"values have shape {data.shape}", where="TimedArray", expected="(bins,) or (bins, elements)"
            )
        if not np.isfinite(data).all():
            raise NetworkError(Code.BAD_VALUE, "values hold NaN or infinity", where="TimedArray", expected="finite values")
        self.data: NDArray[np.float64] = data.copy()
        self.data.setflags(write=False)
        self.seconds = in_seconds(dt, where="TimedArray dt")
        if not self.seconds > 0:
            raise NetworkError(Code.BAD_TIME, f"dt is {dt}", where="TimedArray", expected="a time above 0")

    def __repr__(self) -> str:
        return f"<TimedArray of {len(self.data)} bins of {self.seconds * 1e3:g} ms>"
