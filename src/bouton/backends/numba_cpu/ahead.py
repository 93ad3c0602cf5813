"""What kernels over events ask memory for ahead of time."""

from __future__ import annotations

from collections.abc import Iterator

from bouton.backends.arena import LINE
from bouton.equations.nodes import Binary, Call, Expr, Item, Name, Num, walk
from bouton.plan.nodes import If, Kernel, Let, Statement, Store, expressions, stores

BEGINNING = 256
"""Synapses of the next row that are asked for; what follows is seen to come."""
AHEAD = 24
"""Synapses by which what targets keep is asked for before it is needed."""
FEW_ARRAYS = 3
"""Arrays below which the processor finds its way alone: asking takes longer."""


def rows_ahead(kernel: Kernel) -> Iterator[str]:
    """Ask for the row of the next event, or for its beginning, before that of this one is gone through."""
    items = {arg.name: LINE // int(arg.dtype[1:]) for arg in kernel.args}
    yield "if place + 1 < row * width + counts[row]:"
    yield "    at_next = spikes[place + 1] * groups + group"
    yield f"    beginning = minimum(first[at_next + 1], first[at_next] + {BEGINNING})"
    for name in _read_in_order(kernel):
        yield f"    for ahead in range(first[at_next], beginning, {items[name]}):"
        yield f"        prefetch_line({name}, ahead)"


def targets_ahead(kernel: Kernel) -> Iterator[str]:
    """Ask for what a target further on in the row keeps."""
    target = next(
        (s.value.array for s in kernel.body if isinstance(s, Let) and s.name == "post" and isinstance(s.value, Item)), None
    )
    arrays = _looked_up(kernel)
    if target is None or len(arrays) < FEW_ARRAYS:
        return
    yield f"following = {target}[minimum(j + {AHEAD}, first[at + 1] - 1)]"
    for array, width in arrays.items():
        yield f"prefetch_line({array}, {'following' if width == 1 else f'following * {width}'})"


def _read_in_order(kernel: Kernel) -> list[str]:
    """The arrays of which a kernel reads the elements of a row one after another."""
    read = {node.array for node in _nodes(kernel.body) if isinstance(node, Item) and node.index == Name("j")}
    return sorted(read | {store.array for store in stores(kernel.body) if store.index == Name("j")})


def _looked_up(kernel: Kernel) -> dict[str, int]:
    """The arrays that are read for each target, with how many elements each has there."""
    found: dict[str, int] = {}
    begins: dict[Expr, int] = {Name("post"): 1}
    for statement in kernel.body:
        for node in _nodes((statement,)):
            match node:
                case Binary(op="*", left=Name(id="post"), right=Num(value=width)):
                    begins[node] = int(width)
                case Item(array=array, index=index) | Call(func="first_since", args=(Name(id=array), index, _)):
                    begin = index.left if isinstance(index, Binary) and index.op == "+" else index
                    if begin in begins or index in begins:
                        found[array] = begins.get(index) or begins[begin]
        match statement:
            case Let(name=name, value=value) if value in begins:
                begins[Name(name)] = begins[value]
            case Let(name=name, value=Call(func="first_since", args=(_, begin, _))) if begin in begins:
                begins[Name(name)] = begins[begin]
            case Store(array=array, index=index) if index in begins:
                found[array] = begins[index]
    return found


def _nodes(statements: tuple[Statement, ...]) -> Iterator[Expr]:
    """All parts of expressions; of what is done under a condition, the condition only."""
    for statement in statements:
        for expression in (statement.condition,) if isinstance(statement, If) else expressions(statement):
            yield from walk(expression)
