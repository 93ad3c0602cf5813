"""Functions of arrays by the C library, element by element.

NumPy's own logarithm, exponential and cosine differ from the C library's in the last digit on some processors. What is drawn
with them would depend on the machine, and on whether kernels draw it or arrays do.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def log(x: Floats) -> Floats:
    """Natural logarithm of positive numbers."""
    return _each(math.log, x)


def cos(x: Floats) -> Floats:
    """Cosine."""
    return _each(math.cos, x)


def exp(x: Floats) -> Floats:
    """Exponential, infinite where it overflows."""
    return _each(_exp, x)


def _exp(x: float) -> float:
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf


_AT_ONCE = 2**16
"""Elements that are Python's numbers at one time."""


def _each(function: Callable[[float], float], x: Floats) -> Floats:
    flat = x.ravel()
    result = np.empty_like(flat)
    for first in range(0, len(flat), _AT_ONCE):
        part = flat[first : first + _AT_ONCE]
        result[first : first + _AT_ONCE] = np.fromiter(map(function, part.tolist()), np.float64, len(part))
    return result.reshape(x.shape)
