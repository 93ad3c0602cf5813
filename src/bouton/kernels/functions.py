"""The functions of plans that Python's `math` lacks, compiled; see `bouton.backends.reference.functions`."""

# mypy: disable-error-code="no-untyped-def"
from __future__ import annotations

import math

from numba import njit

_inlined = njit(cache=True, error_model="numpy", inline="always")


@_inlined
def minimum(a, b):
    """The smaller one; b if they are not ordered."""
    return a if a < b else b


@_inlined
def maximum(a, b):
    """The larger one; b if they are not ordered."""
    return a if a > b else b


@_inlined
def clip(x, low, high):
    """x moved into [low, high]."""
    return minimum(maximum(x, low), high)


@_inlined
def sign(x):
    """−1, 0 or 1."""
    return 1.0 if x > 0 else (-1.0 if x < 0 else 0.0)


@_inlined
def heaviside(x):
    """1 above 0, else 0."""
    return 1.0 if x > 0 else 0.0


@_inlined
def floor(x):
    """The largest whole number not above x, as a float."""
    return float(math.floor(x)) if math.isfinite(x) else x


@_inlined
def decay(table, rate, passed):
    """exp(rate·passed), from the table where that reaches."""
    return table[passed] if passed < table.size else math.exp(rate * passed)
