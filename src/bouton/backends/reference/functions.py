"""The functions of plans on Python's floats, with the results of IEEE 754 where Python would raise."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from bouton.plan.nodes import SUMMED
from bouton.random import philox


def divide(a: float, b: float) -> float:
    """a / b; by zero infinite, or NaN for 0/0."""
    if b:
        return a / b
    if math.isnan(a) or a == 0:
        return math.nan
    return math.copysign(math.inf, a) * math.copysign(1.0, b)


def power(a: float, b: float) -> float:
    """a ** b, infinite where it overflows, NaN where it is not real."""
    try:
        return math.pow(a, b)
    except OverflowError:
        return math.inf
    except ValueError:
        return math.inf if a == 0 else math.nan


def _guarded(function: Callable[[float], float], overflow: float = math.inf) -> Callable[[float], float]:
    def guarded(x: float) -> float:
        try:
            return function(x)
        except OverflowError:
            return overflow
        except ValueError:
            return math.nan

    return guarded


def logarithm(x: float) -> float:
    """Natural logarithm; −inf at 0, NaN below."""
    if x > 0:
        return math.log(x)
    return -math.inf if x == 0 else math.nan


def clip(x: float, low: float, high: float) -> float:
    """x moved into [low, high]."""
    return minimum(maximum(x, low), high)


def minimum(a: float, b: float) -> float:
    """The smaller one; b if they are not ordered."""
    return a if a < b else b


def maximum(a: float, b: float) -> float:
    """The larger one; b if they are not ordered."""
    return a if a > b else b


def floor(x: float) -> float:
    """The largest whole number not above x, as a float."""
    return float(math.floor(x)) if math.isfinite(x) else x


def sign(x: float) -> float:
    """−1, 0 or 1."""
    return 1.0 if x > 0 else (-1.0 if x < 0 else 0.0)


def heaviside(x: float) -> float:
    """1 above 0, else 0."""
    return 1.0 if x > 0 else 0.0


def decay(n: int, soon: list[float], near: list[float], far: list[float], mask: int, shift: int, last: int) -> float:
    """exp(rate·n) from two tables."""
    del soon
    return near[n & mask] * far[min(n >> shift, last)]


def pending(history: list[int], begin: int, count: int, since: int) -> int:
    """The first of ``count`` entries from ``begin`` on, in ascending order, that is not below ``since``."""
    return next((at for at in range(begin, begin + count) if history[at] >= since), begin + count)


def first_since(recent: list[int], begin: int, since: int) -> int:
    """As `pending`, of `SUMMED` entries."""
    return pending(recent, begin, SUMMED, since)


EXP = _guarded(math.exp)

FUNCTIONS: dict[str, Callable[..., Any]] = {
    "exp": EXP,
    "expm1": _guarded(math.expm1),
    "log": logarithm,
    "sqrt": _guarded(math.sqrt),
    "sin": _guarded(math.sin),
    "cos": _guarded(math.cos),
    "tanh": math.tanh,
    "abs": abs,
    "floor": floor,
    "sign": sign,
    "heaviside": heaviside,
    "clip": clip,
    "minimum": minimum,
    "maximum": maximum,
    "decay": decay,
    "pending": pending,
    "first_since": first_since,
    "rarely": bool,
    "int32": int,
    "as_stored": float,
    "uniform": lambda k0, k1, element, step, sub: philox.uniform((k0, k1), element, step, sub),
    "normal": lambda k0, k1, element, step, sub: philox.normal((k0, k1), element, step, sub),
    "binomial_draw": lambda n, p, k0, k1, element, step, sub: philox.binomial(n, p, (k0, k1), element, step, sub),
    "poisson_draw": lambda lam, k0, k1, element, step, sub: philox.poisson(lam, (k0, k1), element, step, sub),
}
