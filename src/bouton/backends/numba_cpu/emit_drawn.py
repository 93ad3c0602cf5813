"""Printing the loops that draw the targets of a source again."""

from __future__ import annotations

from collections.abc import Iterator

from bouton.network.patterns.gaps import CHUNK
from bouton.plan.nodes import Drawn

AT_ONCE = 32
"""Gaps that are drawn ahead in a loop of their own, which LLVM vectorises. At most `bouton.kernels.slots.SCRATCH`."""


def drawn_lines(drawn: Drawn, body: list[str]) -> Iterator[str]:
    """What is done for a source with the number ``key``; ``at`` is the place of a target among all."""
    yield "source = source_of[key]"
    yield "if source < 0:"
    yield "    continue"
    if drawn.numbered:
        yield "j = numbers[key] - 1"
    inner = list(_synapse_lines(drawn, body))
    match drawn.kind:
        case "all":
            yield "for at in range(low, high):"
            yield from _indented(inner)
        case "one":
            yield "for at in range(maximum(source, low), minimum(source + 1, high)):"
            yield from _indented(inner)
        case "gaps":
            yield from _gap_lines(inner)
        case _:
            raise AssertionError(drawn)


def _gap_lines(inner: list[str]) -> Iterator[str]:
    """Chunk by chunk; numbers begin with the chunk in which the part does, so that targets below are counted as well."""
    yield f"for chunk in range(low // {CHUNK}, (high + {CHUNK - 1}) // {CHUNK}):"
    yield f"    at = chunk * {CHUNK} - 1"
    yield f"    end = minimum((chunk + 1) * {CHUNK}, high)"
    yield "    draws = 0"
    yield "    while at < end:"
    yield f"        for draw in range({AT_ONCE}):"
    yield "            ahead[draw] = bits(connections[0], connections[1], source, chunk, draws + draw)"
    yield f"        draws += {AT_ONCE}"
    yield f"        for draw in range({AT_ONCE}):"
    yield "            at += 1 + gap(ahead[draw], marks, guide)"
    yield "            if at >= end:"
    yield "                break"
    for line in inner:
        yield f"            {line}"


def _synapse_lines(drawn: Drawn, body: list[str]) -> Iterator[str]:
    if drawn.skip_self:
        yield "if at == source:"
        yield "    continue"
    if drawn.numbered:
        yield "j += 1"
    if drawn.kind == "gaps":
        yield "if at < low:"
        yield "    continue"
    yield "post = target_of[at]" if drawn.placed else "post = at + shift"
    yield from body


def _indented(lines: list[str]) -> Iterator[str]:
    for line in lines:
        yield f"    {line}"
