"""Every pair with the same probability."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bouton.network.patterns.all_to_all import AllToAll
from bouton.network.patterns.base import AbstractPattern, Indices, Row, checked_probability
from bouton.network.patterns.gaps import CHUNK, gaps
from bouton.network.patterns.sampling import in_order
from bouton.random import Key, uniform_open

_DRAWS_AT_ONCE = 2**17  # arrays of 1 MiB, which stay in a core's cache


@dataclass(frozen=True)
class Bernoulli(AbstractPattern):
    """Every pair with probability ``p``; within one population without i → i unless ``self_connections``.

    The pairs of a source and a chunk of 1024 targets have draws of their own (the gaps between connected targets,
    which are geometrically distributed), so a source's targets do not depend on how many sources there are.
    """

    p: float
    self_connections: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "p", checked_probability(self.p, "Bernoulli"))

    def connect(self, n_source: int, n_target: int, key: Key, same: bool, threads: int = 1) -> tuple[Indices, Indices]:
        """The pairs drawn, in ascending order."""
        if self.p == 1.0:
            return AllToAll(self.self_connections).connect(n_source, n_target, key, same)
        chunks = -(-n_target // CHUNK)
        rows = n_source * chunks if self.p > 0.0 else 0
        mean = self.p * CHUNK
        draws = 2 + math.ceil(mean + 4.0 * math.sqrt(mean))
        step = max(_DRAWS_AT_ONCE // draws, 1)
        expected = self.p * n_source * n_target
        room = math.ceil(expected + 8.0 * math.sqrt(expected)) + CHUNK
        sources, targets = np.empty(room, dtype=np.int32), np.empty(room, dtype=np.int32)  # the first is soon let go
        end = 0

        def draw(first: int) -> tuple[Indices, Indices]:
            source, chunk = np.divmod(np.arange(first, min(first + step, rows)), chunks)
            width = np.minimum(n_target - chunk * CHUNK, CHUNK)
            row, place = self._hits(key, source, chunk, width, draws)
            return source[row], chunk[row] * CHUNK + place

        for source, target in in_order(draw, range(0, rows, step), threads):
            while end + len(source) > len(targets):  # eight standard deviations above the mean
                sources, targets = (np.concatenate((side, np.empty_like(side))) for side in (sources, targets))
            sources[end : end + len(source)] = source
            targets[end : end + len(source)] = target
            end += len(source)
        sources, targets = sources[:end], targets[:end]
        if same and not self.self_connections:
            kept = sources != targets
            return sources[kept], targets[kept]
        return sources, targets

    def expected(self, n_source: int, n_target: int, same: bool) -> float:
        """That share of all pairs."""
        return self.p * AllToAll(self.self_connections).expected(n_source, n_target, same)

    def row(self) -> Row:
        """Gaps drawn with the source's number, or all targets if ``p`` is 1."""
        return Row("gaps" if self.p < 1.0 else "all", skip_self=not self.self_connections, p=self.p)

    def _hits(self, key: Key, source: Indices, chunk: Indices, width: Indices, draws: int) -> tuple[NDArray[np.intp], Indices]:
        """The row and the place in its chunk of every connection; draws more wherever a row did not reach its end."""
        while True:
            failures = gaps(uniform_open(key, source[:, None], chunk[:, None], np.arange(draws)), self.p)
            places = np.cumsum(failures + 1, axis=1) - 1
            inside = places < width[:, None]
            if not inside[:, -1].any():
                return np.nonzero(inside)[0], places[inside]
            draws *= 2
