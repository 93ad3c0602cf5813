"""Printing the loops that draw the targets of a source again, and what its synapses drew."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from bouton.equations.nodes import Call, Expr, Item, Name, Num, walk
from bouton.network.patterns.gaps import CHUNK
from bouton.plan.nodes import CLOCK, DRAWS, DT, STEP, Drawn, Kernel, Let, Statement

AT_ONCE = 32
"""Gaps that are drawn ahead in a loop of their own, which LLVM vectorises. At most `bouton.kernels.slots.SCRATCH`."""


def split(kernel: Kernel) -> tuple[list[Let], tuple[Statement, ...]]:
    """Uniform numbers that follow from a synapse's number, which a loop of their own draws ahead; and the rest of the body."""
    assert kernel.drawn is not None
    if kernel.drawn.kind != "gaps":
        return [], kernel.body
    known = {arg.name for arg in kernel.args if not arg.array} | {STEP, CLOCK, DT, "j", "repeat"}
    arrays = {arg.name for arg in kernel.args}
    ahead = [s for s in kernel.body if isinstance(s, Let) and _is_uniform(s.value) and _follows(s.value, known, arrays)]
    return ahead, tuple(s for s in kernel.body if s not in ahead)


def _is_uniform(value: Expr) -> bool:
    draws = [node.func for node in walk(value) if isinstance(node, Call) and node.func in DRAWS]
    return draws == ["uniform"]


def _follows(value: Expr, known: set[str], arrays: set[str]) -> bool:
    """True if an expression reads nothing but those names and single elements of those arrays."""
    return all(
        (not isinstance(node, Name) or node.id in known)
        and (not isinstance(node, Item) or (node.array in arrays and isinstance(node.index, Num)))
        for node in walk(value)
    )


def room_lines(kernel: Kernel) -> Iterator[str]:
    """Room for what is drawn ahead, before the loop over spikes."""
    if kernel.drawn is not None and kernel.drawn.kind == "gaps":
        yield "ahead = scratch_i8(0)"
        for number, let in enumerate(split(kernel)[0]):
            yield f"{let.name} = scratch({number + 1})"


def drawn_lines(kernel: Kernel, printed: Callable[[tuple[Statement, ...]], list[str]]) -> Iterator[str]:
    """What is done for a source with the number ``key``; ``at`` is the place of a target among all."""
    drawn = kernel.drawn
    assert drawn is not None
    yield "source = source_of[key]"
    yield "if source < 0:"
    yield "    continue"
    if drawn.numbered:
        yield "j = numbers[key] - 1"
    ahead, rest = split(kernel)
    found = [*_found_lines(drawn), _post(drawn, "at"), *printed(rest)]
    match drawn.kind:
        case "all":
            yield "for at in range(low, high):"
            yield from _indented(found)
        case "one":
            yield "for at in range(maximum(source, low), minimum(source + 1, high)):"
            yield from _indented(found)
        case "gaps" if ahead:
            noted = [*_found_lines(drawn), "ahead[found] = at", "found += 1"]
            yield from _gap_lines(noted, list(_valued_lines(drawn, ahead, printed, rest)))
        case "gaps":
            yield from _gap_lines(found, [])
        case _:
            raise AssertionError(drawn)


def _gap_lines(inner: list[str], after: list[str]) -> Iterator[str]:
    """Chunk by chunk; numbers begin with the chunk in which the part does, so that targets below are counted as well."""
    yield f"for chunk in range(low // {CHUNK}, (high + {CHUNK - 1}) // {CHUNK}):"
    yield f"    at = chunk * {CHUNK} - 1"
    yield f"    end = minimum((chunk + 1) * {CHUNK}, high)"
    yield "    draws = 0"
    yield "    while at < end:"
    yield f"        for draw in range({AT_ONCE}):"
    yield "            ahead[draw] = bits(connections[0], connections[1], source, chunk, draws + draw)"
    yield f"        draws += {AT_ONCE}"
    if after:
        yield "        found = 0"
    yield f"        for draw in range({AT_ONCE}):"
    yield "            at += 1 + gap(ahead[draw], marks, guide)"
    yield "            if at >= end:"
    yield "                break"
    for line in inner:
        yield f"            {line}"
    for line in after:
        yield f"        {line}"


def _found_lines(drawn: Drawn) -> Iterator[str]:
    if drawn.skip_self:
        yield "if at == source:"
        yield "    continue"
    if drawn.numbered:
        yield "j += 1"
    if drawn.kind == "gaps":
        yield "if at < low:"
        yield "    continue"


def _valued_lines(
    drawn: Drawn, ahead: list[Let], printed: Callable[[tuple[Statement, ...]], list[str]], rest: tuple[Statement, ...]
) -> Iterator[str]:
    """The loops over the targets noted, whose synapses have the last numbers: what they draw, then what they do."""
    buffers = re.compile(rf"\b({'|'.join(let.name for let in ahead)})\b")
    rounded = {let.name for let in ahead if isinstance(let.value, Call) and let.value.func == "single"}

    def kept(match: re.Match[str]) -> str:
        return f"single({match[0]}[draw])" if match[0] in rounded else f"{match[0]}[draw]"

    yield "j -= found"
    yield "for draw in range(found):"
    yield "    j += 1"
    for let in printed(tuple(ahead)):
        yield "    " + buffers.sub(r"\1[draw]", let, count=1)
    yield "j -= found"
    yield "for draw in range(found):"
    yield "    j += 1"
    yield f"    {_post(drawn, 'ahead[draw]')}"
    yield from _indented([buffers.sub(kept, line) for line in printed(rest)])


def _post(drawn: Drawn, at: str) -> str:
    return f"post = target_of[{at}]" if drawn.placed else f"post = {at} + shift"


def _indented(lines: list[str]) -> Iterator[str]:
    for line in lines:
        yield f"    {line}"
