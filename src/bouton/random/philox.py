"""Random numbers as a pure function of what they are for: Philox 4x32-10 and the draws made from it.

J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw (2011): Parallel random numbers: as easy as 1, 2, 3. SC '11.

A draw is named by a key (seed, object, draw site) and a counter (element, step, trial, sub), each a word of 32 bits
of which higher bits are dropped. No state is kept, so numbers do not depend on order, threads or ranks. `sub` tells
apart the draws that one element makes at one site in one step; the word for the trial is 0 so far.

The functions marked *shared* are compiled as they stand by `bouton.kernels.random`; they are therefore restricted to
what means the same for Python's integers, NumPy's uint64 and Numba's int64 (products wrap around, but the bits are
the same) and to `math`, whose functions are those of the C library in both worlds.
"""

from __future__ import annotations

import math
from typing import Any, Final, TypeAlias, overload

import numpy as np
from numpy.typing import NDArray

from bouton.random import exactly

Key: TypeAlias = tuple[int, int]
Word: TypeAlias = Any  # 32 bits, held by an int or an array of uint64
Words: TypeAlias = tuple[Word, Word, Word, Word]
Index: TypeAlias = "int | NDArray[np.integer[Any]]"
Indices: TypeAlias = "NDArray[np.integer[Any]]"
Floats: TypeAlias = "NDArray[np.float64]"

NEVER: Final = 2**62  # the number of trials when there is no success
MEAN_LIMIT: Final = 16.0  # the largest mean that is inverted in one piece
PIECES: Final = 4096  # the most pieces, and the sub-counters that one count reserves
WORD: Final = 0xFFFFFFFF

_MULTIPLIER_0: Final = 0xD2511F53
_MULTIPLIER_1: Final = 0xCD9E8D57
_WEYL_0: Final = 0x9E3779B9  # golden ratio
_WEYL_1: Final = 0xBB67AE85  # sqrt(3) - 1
_RESOLUTION: Final = 2.0**-53
_TAU: Final = 2.0 * math.pi
_DERIVE: Final = WORD  # in the place of the trial: no draw shares a block with the derivation of a key


def philox4x32(counter: Words, key: tuple[Word, Word]) -> Words:
    """Ten rounds of Philox on four words (*shared*). All words are below 2**32, also those returned."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        a = _MULTIPLIER_0 * c0
        b = _MULTIPLIER_1 * c2
        c0, c1, c2, c3 = ((b >> 32) & WORD) ^ c1 ^ k0, b & WORD, ((a >> 32) & WORD) ^ c3 ^ k1, a & WORD
        k0 = (k0 + _WEYL_0) & WORD
        k1 = (k1 + _WEYL_1) & WORD
    return c0, c1, c2, c3


def unit_interval(high: Word, low: Word) -> Any:
    """53 of the 64 bits of two words as a float, or an array of floats, in [0, 1) (*shared*)."""
    return ((high >> 5) * 67108864 + (low >> 6)) * _RESOLUTION


def stream_key(seed: int, *path: int) -> Key:
    """The key of the stream that ``path`` (object number, draw site, …) names under ``seed``; both modulo 2**64."""
    key = (seed & WORD, (seed >> 32) & WORD)
    for depth, number in enumerate(path):
        first, second, _, _ = philox4x32((number & WORD, (number >> 32) & WORD, _DERIVE, depth), key)
        key = (first, second)
    return key


def _word(index: Index) -> Word:
    return index.astype(np.uint64) & WORD if isinstance(index, np.ndarray) else int(index) & WORD


def _block(key: Key, element: Index, step: Index, sub: Index) -> Words:
    return philox4x32((_word(element), _word(step), 0, _word(sub)), key)


@overload
def uniform(key: Key, element: int, step: int, sub: int = 0) -> float: ...
@overload
def uniform(key: Key, element: Indices, step: Index, sub: Index = 0) -> Floats: ...
def uniform(key: Key, element: Index, step: Index, sub: Index = 0) -> float | Floats:
    """Uniform in [0, 1), a multiple of 2**-53; a float for integers, an array for arrays (which broadcast).

    An even element and the next share a block, of which each has two words.
    """
    w0, w1, w2, w3 = _block(key, element >> 1, step, sub)
    if isinstance(w0, int):
        value: float | Floats = unit_interval(w2, w3) if element & 1 else unit_interval(w0, w1)
        return value
    values: Floats = np.where(np.asarray(element) & 1 == 1, unit_interval(w2, w3), unit_interval(w0, w1))
    return values


@overload
def uniform_open(key: Key, element: int, step: int, sub: int = 0) -> float: ...
@overload
def uniform_open(key: Key, element: Indices, step: Index, sub: Index = 0) -> Floats: ...
def uniform_open(key: Key, element: Index, step: Index, sub: Index = 0) -> float | Floats:
    """Uniform in (0, 1], for logarithms; each element has a block of its own."""
    w0, w1, _, _ = _block(key, element, step, sub)
    value: float | Floats = 1.0 - unit_interval(w0, w1)
    return value


@overload
def normal(key: Key, element: int, step: int, sub: int = 0) -> float: ...
@overload
def normal(key: Key, element: Indices, step: Index, sub: Index = 0) -> Floats: ...
def normal(key: Key, element: Index, step: Index, sub: Index = 0) -> float | Floats:
    """Standard normal, by Box and Muller from one block."""
    w0, w1, w2, w3 = _block(key, element, step, sub)
    u_open: float | Floats = 1.0 - unit_interval(w0, w1)
    u: float | Floats = unit_interval(w2, w3)
    if isinstance(u_open, float) and isinstance(u, float):
        return box_muller(u_open, u)
    u_open, u = np.asarray(u_open), np.asarray(u)
    return np.asarray(np.sqrt(-2.0 * exactly.log(u_open)) * exactly.cos(_TAU * u), dtype=np.float64)


def box_muller(u_open: float, u: float) -> float:
    """A standard normal number from one uniform in (0, 1] and one in [0, 1) (*shared*)."""
    return math.sqrt(-2.0 * math.log(u_open)) * math.cos(_TAU * u)


def geometric(u_open: float, p: float) -> int:
    """The number of trials up to the first success of probability ``p``, from a uniform in (0, 1] (*shared*).

    NEVER if ``p`` is not positive (or nan), or if the number is larger than that.
    """
    if p >= 1.0:
        return 1
    if p <= 0.0:
        return NEVER
    failures = math.log(u_open) / math.log1p(-p)
    return 1 + int(failures) if failures < NEVER else NEVER


def poisson(lam: float, key: Key, element: int, step: int, sub: int = 0) -> float:
    """A Poisson number of mean ``lam``, by inversion; exact up to a mean of 65536, above it see `large_count`.

    A mean above 16 is cut into equal pieces; piece i draws with the sub-counter ``sub * 4096 + i`` (``sub`` < 2**20).
    0 if ``lam`` is negative, nan if it is not finite.
    """
    if not math.isfinite(lam):
        return math.nan
    if lam <= 0.0:
        return 0.0
    if lam > MEAN_LIMIT * PIECES:
        return large_count(lam, 0.0, normal(key, element, step, sub * PIECES))
    pieces = math.ceil(lam / MEAN_LIMIT)
    total = 0.0
    for piece in range(pieces):
        total += poisson_quantile(lam / pieces, uniform(key, element, step, sub * PIECES + piece))
    return total


def binomial(n: float, p: float, key: Key, element: int, step: int, sub: int = 0) -> float:
    """The successes among ``floor(n)`` trials of probability ``p``, which is clipped to [0, 1]; exact as `poisson` is.

    Above a mean of 16 (of successes or failures, whichever are rarer) the trials are cut into pieces with
    sub-counters as in `poisson`. 0 if ``n`` is below 1, nan if ``n`` is not finite or ``p`` is nan.
    """
    if not math.isfinite(n) or math.isnan(p):
        return math.nan
    n = max(n, 0.0) // 1.0
    p = min(max(p, 0.0), 1.0)
    rare = min(p, 1.0 - p)
    mean = n * rare
    if mean > MEAN_LIMIT * PIECES:
        total = large_count(mean, rare, normal(key, element, step, sub * PIECES))
    else:
        pieces = max(math.ceil(mean / MEAN_LIMIT), 1)
        each = (n / pieces) // 1.0
        longer = n - each * pieces  # so many pieces hold one trial more
        total = 0.0
        for piece in range(pieces):
            trials = each + 1.0 if piece < longer else each
            total += binomial_quantile(trials, rare, uniform(key, element, step, sub * PIECES + piece))
    return n - total if p > 0.5 else total


def poisson_quantile(mean: float, u: float) -> float:
    """The smallest k with P(K <= k) > u for a Poisson K of a mean up to 16 (*shared*)."""
    term = math.exp(-mean)
    below = term
    k = 0.0
    while u >= below:
        k += 1.0
        term *= mean / k
        if below + term == below:  # rounding kept the sum under u, which lies above all that doubles resolve
            break
        below += term
    return k


def binomial_quantile(n: float, p: float, u: float) -> float:
    """The smallest k with P(K <= k) > u for K successes of n trials; p <= 0.5 and n p up to about 16 (*shared*)."""
    term = math.exp(n * math.log1p(-p))
    odds = p / (1.0 - p)
    below = term
    k = 0.0
    while u >= below and k < n:
        term *= (n - k) / (k + 1.0) * odds
        k += 1.0
        if below + term == below:
            break
        below += term
    return k


def large_count(mean: float, p: float, z: float) -> float:
    """A binomial (Poisson for p = 0) number of large mean from a normal one (*shared*).

    Two terms of the expansion of Cornish and Fisher: from a mean of 65536 the distribution function is right to 3e-7,
    and the cost does not grow with the mean.
    """
    deviate = math.sqrt(mean * (1.0 - p)) * z + (1.0 - 2.0 * p) * (z * z - 1.0) / 6.0
    return max(mean + deviate + 0.5, 0.0) // 1.0
