"""`bouton.random` compiled: the same draws bit for bit, for scalars.

The arithmetic is not written again but compiled from the definition; only the counters are put together here.
Arguments are int64 (``k0``, ``k1`` a key of two words below 2**32) and float64.

What is called in loops over elements is always inlined, or LLVM leaves ten rounds as a call and does not vectorise
(16 ns for a uniform number in place of 1.5 ns). Numba's cache watches this file only: whoever changes
`bouton.random.philox` touches this file too.
"""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

import math
from typing import Any

from numba import njit

from bouton.kernels.functions import minimum
from bouton.random import philox
from bouton.random.philox import MEAN_LIMIT, PIECES, WORD

_options: Any = {"cache": True, "error_model": "numpy", "forceinline": True}
# Everything is inlined, so that no kernel has to ask whether a call failed: its machine code then stands alone.
_inlined: Any = njit(**_options)
# Only compiled code calls these: wrappers for Python would cost a third of the compilation.
_inner: Any = njit(**_options | {"no_cpython_wrapper": True, "no_cfunc_wrapper": True})

LATEST = 2**31 - 1
FEW = 4
"""Steps of Poisson's distribution that `few` looks at, once or twice."""

_philox4x32 = _inner(philox.philox4x32)
_unit_interval = _inner(philox.unit_interval)
_box_muller = _inner(philox.box_muller)
_poisson_quantile = _inner(philox.poisson_quantile)
_binomial_quantile = _inner(philox.binomial_quantile)
_large_count = _inner(philox.large_count)

geometric = _inlined(philox.geometric)


@_inner
def _block(k0, k1, element, step, sub):  # type: ignore[no-untyped-def]
    return _philox4x32((element & WORD, step & WORD, 0, sub & WORD), (k0, k1))


@_inlined
def uniform(k0: int, k1: int, element: int, step: int, sub: int) -> float:
    """Uniform in [0, 1); see `bouton.random.uniform`."""
    w0, w1, w2, w3 = _block(k0, k1, element >> 1, step, sub)
    return _unit_interval(w2, w3) if element & 1 else _unit_interval(w0, w1)


@_inlined
def uniform_pair(k0: int, k1: int, pair: int, step: int, sub: int) -> tuple[float, float]:
    """What `uniform` gives for the elements ``2 * pair`` and ``2 * pair + 1``."""
    w0, w1, w2, w3 = _block(k0, k1, pair, step, sub)
    return _unit_interval(w0, w1), _unit_interval(w2, w3)


@_inner
def uniform_open(k0, k1, element, step, sub):  # type: ignore[no-untyped-def]
    """Uniform in (0, 1]; see `bouton.random.uniform_open`."""
    w0, w1, _, _ = _block(k0, k1, element, step, sub)
    return 1.0 - _unit_interval(w0, w1)


@_inlined
def bits(k0: int, k1: int, element: int, step: int, sub: int) -> int:
    """``1 - uniform_open(…)`` as a whole number of 53 bits."""
    w0, w1, _, _ = _block(k0, k1, element, step, sub)
    return ((w0 >> 5) << 26) | (w1 >> 6)


@_inlined
def gap(n: int, marks: Any, guide: Any) -> int:
    """The gap of a draw of 53 bits; see `bouton.network.patterns.gaps`."""
    found = guide[n >> 41]
    while marks[found + 1] <= n:
        found += 1
    return found


@_inlined
def normal(k0: int, k1: int, element: int, step: int, sub: int) -> float:
    """Standard normal; see `bouton.random.normal`."""
    w0, w1, w2, w3 = _block(k0, k1, element, step, sub)
    return _box_muller(1.0 - _unit_interval(w0, w1), _unit_interval(w2, w3))


@_inlined
def poisson(lam: float, k0: int, k1: int, element: int, step: int, sub: int) -> float:
    """Poisson number of mean ``lam``; see `bouton.random.poisson`."""
    if not math.isfinite(lam):
        return math.nan
    if lam <= 0.0:
        return 0.0
    if lam > MEAN_LIMIT * PIECES:
        return _large_count(lam, 0.0, normal(k0, k1, element, step, sub * PIECES))
    pieces = math.ceil(lam / MEAN_LIMIT)
    total = 0.0
    for piece in range(pieces):
        total += _poisson_quantile(lam / pieces, uniform(k0, k1, element, step, sub * PIECES + piece))
    return total


@_inlined
def first_steps(lam: float, below: Any) -> None:
    """Fill ``below`` with the first 2 `FEW` steps of Poisson's distribution: the chances of 0, at most 1, …"""
    term = math.exp(-lam)
    below[0] = term
    for k in range(1, 2 * FEW):
        term *= lam / k
        below[k] = below[k - 1] + term


@_inlined
def few(below: Any, begin: int, u: float) -> float:
    """How many of `FEW` steps of Poisson's distribution from ``begin`` on are not above ``u``, without a branch."""
    count = 0.0
    for k in range(FEW):
        count += 1.0 if u >= below[begin + k] else 0.0
    return count


@_inlined
def binomial(n: float, p: float, k0: int, k1: int, element: int, step: int, sub: int) -> float:
    """Successes among ``floor(n)`` trials; see `bouton.random.binomial`."""
    if not math.isfinite(n) or math.isnan(p):
        return math.nan
    n = max(n, 0.0) // 1.0
    p = min(max(p, 0.0), 1.0)
    rare = min(p, 1.0 - p)
    mean = n * rare
    if mean > MEAN_LIMIT * PIECES:
        total = _large_count(mean, rare, normal(k0, k1, element, step, sub * PIECES))
    else:
        pieces = max(math.ceil(mean / MEAN_LIMIT), 1)
        each = (n / pieces) // 1.0
        longer = n - each * pieces
        total = 0.0
        for piece in range(pieces):
            trials = each + 1.0 if piece < longer else each
            total += _binomial_quantile(trials, rare, uniform(k0, k1, element, step, sub * PIECES + piece))
    return n - total if p > 0.5 else total


@_inner
def next_spike(step, dt, train, rates, now, per_bin, key, number, epoch):  # type: ignore[no-untyped-def]
    """The step of a Poisson train's next spike after ``step``."""
    p = rates[now * per_bin + (train if per_bin > 1 else 0)] * dt
    u = uniform_open(key[0], key[1], train, number[train], epoch)
    number[train] += 1
    return minimum(step + geometric(u, p), LATEST)  # type: ignore[call-arg]
