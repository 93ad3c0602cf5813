"""Gaps between the connected targets of a source, looked up: no logarithm decides, so that all draw the same synapses.

The number of targets passed over before the next one is geometric: at least g if a uniform draw u in (0, 1] is at most
(1 - p)**g. With u = 1 - n / 2**53 that is to say n >= ``marks[g]``, a comparison of integers. Libraries' logarithms differ in
the last digit; two simulations that take the same marks agree wherever and however they draw.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

CHUNK: Final = 1024
"""Targets drawn from one stream; part of the definition, so that results depend on no one's memory."""
RESOLUTION: Final = 2**53
"""Uniform draws are multiples of one over this."""
MARKS: Final = CHUNK + 2
GUIDE_BITS: Final = 12
GUIDE: Final = 2**GUIDE_BITS


@lru_cache(maxsize=64)
def marks(p: float) -> NDArray[np.int64]:
    """The least n of each gap from 0 to `CHUNK`, where longer ones end, and at last one that is never reached; ``p`` < 1."""
    rate = math.log1p(-p)
    values = [math.ceil(-math.expm1(gap * rate) * RESOLUTION) for gap in range(CHUNK + 1)]
    found = np.array([*values, RESOLUTION + 1], dtype=np.int64)
    found.flags.writeable = False
    return found


@lru_cache(maxsize=64)
def guide(p: float) -> NDArray[np.int32]:
    """The gap of the least n with each value of the upper `GUIDE_BITS` bits: where to begin to look."""
    least = np.arange(GUIDE, dtype=np.int64) * (RESOLUTION // GUIDE)
    found = (np.searchsorted(marks(p), least, side="right") - 1).astype(np.int32)
    found.flags.writeable = False
    return found


def gaps(u: NDArray[np.float64], p: float) -> NDArray[np.int64]:
    """The gap of each uniform draw in (0, 1]: guessed by the logarithm, and moved to where the marks put it."""
    limits = marks(p)
    n = ((1.0 - u) * RESOLUTION).astype(np.int64)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):  # p may be 0, or the smallest of all numbers
        guess: NDArray[Any] = np.minimum(np.log(u) / math.log1p(-p), CHUNK).astype(np.int64)
    while True:
        low, high = n < limits[guess], n >= limits[guess + 1]
        if not (low | high).any():
            return guess
        guess += high
        guess -= low
