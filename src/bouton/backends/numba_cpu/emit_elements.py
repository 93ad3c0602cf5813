"""Printing loops over elements: what they draw is drawn ahead, and those that spike are looked for at last."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bouton.backends.numba_cpu.printing import indent, show, statement_lines, without_branches
from bouton.equations.nodes import Call as Apply
from bouton.equations.nodes import Expr, Item, Name, names, walk
from bouton.plan.nodes import CLOCK, DT, STEP, If, Kernel, Let, Statement

CHUNK, DRAWN = 1024, 512
"""Elements that are gone through before it is asked which of them spike; those for which random numbers are drawn ahead.

At most `bouton.kernels.slots.FLAGS`, less those that fill the last word, and `SCRATCH`.
"""
FLAGGED = 64
"""Flags that are looked at at once: `bouton.kernels.slots.flagged` makes a word of them."""


@dataclass(frozen=True)
class _Ahead:
    """A draw for each element that a loop of its own makes, which LLVM vectorises: uniform, or Poisson of one mean.

    ``u`` and ``below`` are names for the uniform numbers and for the first steps of Poisson's distribution.
    """

    name: str
    key: tuple[Expr, ...]
    mean: Expr | None
    u: str
    below: str

    def heads(self, number: int) -> Iterator[str]:
        """What comes before all chunks."""
        yield f"{self.name} = scratch({3 * number})"
        if self.mean is not None:
            yield f"{self.u} = scratch({3 * number + 1})"
            yield f"{self.below} = scratch({3 * number + 2})"
            yield f"first_steps({show(self.mean)}, {self.below})"

    def lines(self) -> Iterator[str]:
        """The loops that fill the buffer for elements from ``chunk``, an even one, to ``end``.

        Poisson's numbers are counted without a branch where they are small, and drawn properly where one may not be.
        """
        k0, k1, _, *rest = (show(word) for word in self.key)
        pair = ", ".join([k0, k1, "pair", *rest])
        drawn = self.name if self.mean is None else self.u
        yield "for pair in range(chunk >> 1, end + 1 >> 1):"
        yield f"    {drawn}[2 * pair - chunk], {drawn}[2 * pair - chunk + 1] = uniform_pair({pair})"
        if self.mean is None:
            return
        mean, key = show(self.mean), ", ".join([k0, k1, "i", *rest])
        here, u = f"{self.name}[i - chunk]", f"{self.u}[i - chunk]"
        yield "more = 0"
        yield "for i in range(begin, end):"
        yield f"    {here} = few({self.below}, 0, {u})"
        yield f"    more += {here} >= FEW"
        yield "if more > 0:"
        yield "    more = 0"
        yield "    for i in range(begin, end):"
        yield f"        {here} += few({self.below}, FEW, {u})"
        yield f"        more += {here} >= 2 * FEW"
        yield f"if more > 0 or not 0.0 <= {mean} <= MEAN_LIMIT:"
        yield "    for i in range(begin, end):"
        yield f"        {here} = poisson({mean}, {key})"


def _drawn_ahead(kernel: Kernel, statements: tuple[Statement, ...]) -> tuple[list[_Ahead], tuple[Statement, ...]]:
    """The draws of a body that depend on nothing but the element and the step, and the body that uses them."""
    numbers = {arg.name for arg in kernel.args if not arg.array} | {STEP, CLOCK, DT}
    found: list[_Ahead] = []
    body: list[Statement] = []
    for statement in statements:
        match statement:
            case Let(name=name, value=Apply(func="uniform", args=key)) if key[2] == Name("i"):
                found.append(_Ahead(name, key, None, "", ""))
            case Let(name=name, value=Apply(func="poisson_draw", args=(mean, *key))) if (
                key[2] == Name("i") and names(mean) <= numbers and not any(isinstance(node, Item) for node in walk(mean))
            ):
                free = name
                while any(kernel.mentions(f"{free}_{word}") for word in ("u", "below")):
                    free += "_"
                found.append(_Ahead(name, tuple(key), mean, f"{free}_u", f"{free}_below"))
            case _:
                body.append(statement)
                continue
    return found, tuple(body)


def element_lines(kernel: Kernel) -> Iterator[str]:
    """A loop over elements; in chunks, after what is drawn for them, if anything is."""
    drawn, statements = _drawn_ahead(kernel, kernel.body)
    body = [line for s in statements for line in statement_lines(s)]
    if not drawn:
        yield "for i in range(start, stop):"
        yield from indent(body)
        return
    yield from _chunk_heads(drawn)
    yield from indent(_chunk_loop(drawn, body))


def threshold_lines(kernel: Kernel) -> Iterator[str]:
    """Elements chunk by chunk: a flag is set for those that spike, and then they are looked for, many at a time."""
    earlier, before = _drawn_ahead(kernel, kernel.before)
    drawn, statements = _drawn_ahead(kernel, kernel.body)
    drawn = earlier + drawn
    test = statements[-1]
    assert isinstance(test, If)
    yield f"row = {STEP} & mask"
    yield "count = 0"
    yield f"flags = scratch_i1({3 * len(drawn)})"
    yield from _chunk_heads(drawn)
    if drawn:
        yield "    flags[0] = 0"  # of an element before the first one
    body = [line for s in (*before, *statements[:-1]) for line in statement_lines(s)]
    yield from indent(_chunk_loop(drawn, [*body, f"flags[i - chunk] = {without_branches(test.condition)}"]))
    yield from indent(_collecting())
    yield "counts[row] = count"


def _collecting() -> Iterator[str]:
    """Note the elements of a chunk that spike."""
    yield f"for i in range(end - chunk, end - chunk + {FLAGGED - 1}):"
    yield "    flags[i] = 0"
    yield f"for place in range(chunk, end, {FLAGGED}):"
    yield "    marks = flagged(flags, place - chunk)"
    yield "    while rarely(marks != 0):"
    yield "        i = place + lowest(marks)"
    yield "        marks &= marks - 1"
    yield "        spikes[row * width + count] = i"
    yield f"        last[i] = {STEP}"
    yield "        count += 1"


def _chunk_heads(drawn: list[_Ahead]) -> Iterator[str]:
    for number, draw in enumerate(drawn):
        yield from draw.heads(number)
    length = DRAWN if drawn else CHUNK
    yield f"for chunk in range({'start - (start & 1)' if drawn else 'start'}, stop, {length}):"
    yield f"    end = minimum(chunk + {length}, stop)"
    if drawn:
        yield "    begin = maximum(chunk, start)"
    for draw in drawn:
        yield from indent(draw.lines())


def _chunk_loop(drawn: list[_Ahead], body: list[str]) -> list[str]:
    buffers = rf"\b({'|'.join(draw.name for draw in drawn)})\b"
    lines = [re.sub(buffers, r"\1[i - chunk]", line) if drawn else line for line in body]
    return [f"for i in range({'begin' if drawn else 'chunk'}, end):", *indent(lines)]
