"""Partners drawn for each neuron of one population, with and without repetition."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import numpy as np

from bouton.errors import Code, NetworkError
from bouton.network.patterns.base import Indices
from bouton.random import Key, uniform

Drawn = TypeVar("Drawn")
_DRAWS_AT_ONCE = 2**17  # arrays of 1 MiB, which stay in a core's cache


def in_order(function: Callable[[int], Drawn], numbers: Iterable[int], threads: int) -> Iterator[Drawn]:
    """``function`` of each number, in order; several threads are at most a few numbers ahead."""
    if threads == 1:
        yield from map(function, numbers)
        return
    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[Future[Drawn]] = deque()
        for number in numbers:
            waiting.append(pool.submit(function, number))
            if len(waiting) > 2 * threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def partners(key: Key, rows: int, k: int, n: int, *, multapses: bool, skip_self: bool, where: str) -> Indices:
    """For each of ``rows`` neurons ``k`` of ``n`` others in ascending order; shape (rows, k).

    With ``multapses`` drawn independently; without, every subset is equally likely. Row i leaves out neuron i if
    ``skip_self``. A row has draws of its own, so what it gets does not depend on how many rows there are.
    Raises NetworkError (E401) if there are too few to choose from.
    """
    available = n - 1 if skip_self else n
    if k > available and not (multapses and available > 0):
        raise NetworkError(
            Code.BAD_VALUE,
            f"k is {k}, but there are {available} neurons to choose from",
            where=where,
            expected=f"k of at most {available}",
            hint=None if multapses else "multapses=True, if a pair may be connected more than once",
        )
    chosen = np.empty((rows, k), dtype=np.int64)
    step = max(_DRAWS_AT_ONCE // max(k, 1), 1)
    for first in range(0, rows if k else 0, step):
        row = np.arange(first, min(first + step, rows))
        if multapses:
            chosen[row] = np.sort(_drawn(key, row, k, available), axis=1)
        elif 2 * k <= available:
            chosen[row] = _distinct(key, row, k, available)
        else:  # quicker to draw which are left out
            kept = np.ones((row.size, available), dtype=np.bool_)
            np.put_along_axis(kept, _distinct(key, row, available - k, available), False, axis=1)
            chosen[row] = np.nonzero(kept)[1].reshape(row.size, k)
    if skip_self:
        chosen += chosen >= np.arange(rows)[:, None]
    return chosen


def _drawn(key: Key, row: Indices, draws: int, n: int) -> Indices:
    return (uniform(key, row[:, None], np.arange(draws)) * n).astype(np.int64)


def _distinct(key: Key, row: Indices, k: int, n: int) -> Indices:
    """The first ``k`` different numbers in each row's sequence of draws, in ascending order; ``2 k <= n``."""
    if k == 0:
        return np.empty((row.size, 0), dtype=np.int64)
    expected = -n * math.log1p(-k / n)  # draws until k are different, the problem of the coupon collector
    draws = 2 + math.ceil(expected + 6.0 * math.sqrt(max(expected - k, 0.0)))
    while True:
        coded = np.sort(_drawn(key, row, draws, n) * draws + np.arange(draws), axis=1)  # by number, then by draw
        number, draw = np.divmod(coded, draws)
        new = np.ones(coded.shape, dtype=np.bool_)
        new[:, 1:] = number[:, 1:] != number[:, :-1]
        if new.sum(axis=1).min() >= k:
            last = np.partition(np.where(new, draw, draws), k - 1, axis=1)[:, k - 1]
            return number[new & (draw <= last[:, None])].reshape(row.size, k)
        draws *= 2
