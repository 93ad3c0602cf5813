"""Targets of a source that are drawn again at an event: what `bouton.plan.lower_drawn` means."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

from bouton.network.patterns.gaps import CHUNK, RESOLUTION
from bouton.plan.nodes import Drawn
from bouton.random import uniform_open


def draw_targets(frame: dict[str, Any], drawn: Drawn) -> Iterator[None]:
    """Set ``post`` and ``j`` for each synapse of the source ``key`` in turn."""
    source, low, high = frame["source_of"][frame["key"]], frame["low"], frame["high"]
    if source < 0:
        return
    frame["source"] = source
    number = frame["numbers"][frame["key"]] - 1 if drawn.numbered else 0
    for at in _places(frame, drawn, source, low, high):
        if drawn.skip_self and at == source:
            continue
        number += 1
        if at >= low:
            frame["j"] = number
            frame["post"] = frame["target_of"][at] if drawn.placed else at + frame["shift"]
            yield


def _places(frame: dict[str, Any], drawn: Drawn, source: int, low: int, high: int) -> Iterator[int]:
    """The places of a source's targets among all, from ``low`` on or from where its chunk begins."""
    match drawn.kind:
        case "all":
            yield from range(low, high)
        case "one":
            yield from range(max(source, low), min(source + 1, high))
        case _:
            for chunk in range(low // CHUNK, -(-high // CHUNK)):
                yield from _in_chunk(frame, source, chunk, min((chunk + 1) * CHUNK, high))


def _in_chunk(frame: dict[str, Any], source: int, chunk: int, end: int) -> Iterator[int]:
    at, draw = chunk * CHUNK - 1, 0
    key = (frame["connections"][0], frame["connections"][1])
    while True:
        bits = int((1.0 - uniform_open(key, source, chunk, draw)) * RESOLUTION)
        at += bisect_right(frame["marks"], bits)
        draw += 1
        if at >= end:
            return
        yield at
