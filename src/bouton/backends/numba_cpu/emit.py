"""Printing a plan as Python: one module for each kernel, and the loop over steps, which is always the same."""

from __future__ import annotations

import ast
import hashlib
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from bouton.backends.numba_cpu.ahead import rows_ahead, targets_ahead
from bouton.backends.numba_cpu.emit_drawn import drawn_lines, room_lines
from bouton.backends.numba_cpu.versions import fingerprint, text_of
from bouton.equations.nodes import Binary, Compare, Expr, Item, Logic, Name, Num, Unary, names, walk
from bouton.equations.nodes import Call as Apply
from bouton.plan.nodes import CLOCK, DT, STEP, For, If, Kernel, Let, Log, Plan, Statement, Store

_MATH = frozenset({"exp", "expm1", "log", "sqrt", "sin", "cos", "tanh"})
_FUNCTIONS = frozenset(
    {
        "minimum",
        "maximum",
        "clip",
        "sign",
        "heaviside",
        "floor",
        "decay",
        "pending",
        "first_since",
        "rarely",
        "single",
        "double",
        "int32",
    }
)
_DRAWS = {"uniform": "uniform", "normal": "normal", "binomial_draw": "binomial", "poisson_draw": "poisson"}
_RANDOM = ("uniform_pair", "first_steps", "few", "FEW", "MEAN_LIMIT", "next_spike", "LATEST", "bits", "gap")
_PRECEDENCE: dict[str, float] = {"or": 1, "and": 2, "+": 5, "-": 5, "*": 6, "/": 6, "//": 6, "&": 4.5, ">>": 4.7, "**": 8}
_SIZE = re.compile(r"(\w+)\.size\b")
"""How texts ask for the number of elements of a slot."""


@dataclass(frozen=True)
class Module:
    """A file to be: its function and text; the name holds a hash of the text and all it rests on."""

    function: str
    text: str
    name: str


@dataclass(frozen=True)
class Printed:
    """A plan as modules: one for each call of a step and between runs, in order; and the loop over steps, always the same."""

    modules: tuple[Module, ...]
    loop: Module

    @property
    def kernels(self) -> tuple[Module, ...]:
        """The distinct kernels, in order of first use."""
        return tuple(dict.fromkeys(self.modules))


def emit(plan: Plan) -> Printed:
    """The modules of a plan."""
    modules = {k: module_of(k) for k in plan.kernels()}
    calls = (*(call for _, call in plan.calls()), *plan.between)
    return Printed(tuple(modules[call.kernel] for call in calls), _module("advance", text_of("driver")))


def module_of(kernel: Kernel) -> Module:
    """The module of one kernel."""
    return _module(kernel.name, _kernel_text(kernel))


def _module(function: str, text: str) -> Module:
    digest = hashlib.sha256(f"{fingerprint()}\0{text}".encode()).hexdigest()
    return Module(function, text, f"bouton_{function}_{digest[:20]}")


# --- expressions --------------------------------------------------------------------------------------


def show(node: Expr, outer: float = 0) -> str:
    """An expression as Python."""
    match node:
        case Num(value=value):
            return _number(value)
        case Name(id=name):
            return name
        case Item(array=array, index=index):
            return f"{array}[{show(index)}]"
        case Unary(op="-", operand=operand):
            return _bracket(f"-{show(operand, 7)}", 7, outer)
        case Unary(operand=operand):
            return _bracket(f"not {show(operand, 4)}", 3, outer)
        case Binary(op="**", left=left, right=right):
            return f"math.pow({show(left)}, {show(right)})"
        case Binary(op=op, left=left, right=right):
            level = _PRECEDENCE[op]
            return _bracket(f"{show(left, level)} {op} {show(right, level + 1)}", level, outer)
        case Compare(op=op, left=left, right=right):
            return _bracket(f"{show(left, 5)} {op} {show(right, 5)}", 4, outer)
        case Logic(op=op, operands=operands):
            level = _PRECEDENCE[op]
            return _bracket(f" {op} ".join(show(o, level + 1) for o in operands), level, outer)
        case Apply(func="where", args=(condition, yes, no)):
            return f"({show(yes, 1)} if {show(condition, 1)} else {show(no, 1)})"
        case Apply(func="as_stored", args=(value,)):
            return show(value, outer)
        case Apply(func=func, args=args):
            name = f"math.{func}" if func in _MATH else _DRAWS.get(func, func)
            return f"{name}({', '.join(show(a) for a in args)})"
    raise AssertionError(f"not part of a plan: {node!r}")


def _number(value: float) -> str:
    if isinstance(value, int):
        return repr(value)
    if math.isnan(value):
        return "math.nan"
    return repr(value) if math.isfinite(value) else ("math.inf" if value > 0 else "-math.inf")


def _bracket(text: str, level: float, outer: float) -> str:
    return f"({text})" if level < outer else text


# --- kernels ------------------------------------------------------------------------------------------


def _kernel_text(kernel: Kernel) -> str:
    body = _builtin_lines(kernel.name) if kernel.domain == "builtin" else list(_kernel_lines(kernel))
    fetched, used = [], {"kernel"}
    for number, arg in enumerate(kernel.args):
        how = arg.dtype if arg.array else f"{arg.dtype}_value"
        fetched.append(f"{arg.name} = {how}(slots, {number})")
        used.add(how)
    for name in sorted({match[1] for line in body for match in _SIZE.finditer(line)}):
        length = f"{name}_size"
        while any(re.search(rf"\b{length}\b", line) for line in (*fetched, *body)):
            length += "_"
        number = next(n for n, arg in enumerate(kernel.args) if arg.name == name)
        body = [re.sub(rf"\b{name}\.size\b", length, line) for line in body]
        fetched.append(f"{length} = size(slots, {number})")
        used.add("size")
    code = "\n".join(body)
    return "\n".join(
        [
            f'"""{kernel.name}, over {kernel.domain}."""',
            "",
            *_imports(code, used),
            "",
            "",
            "@kernel",
            f"def {kernel.name}(step, clock, dt, age, group, slots):",
            *_indent(fetched),
            *_indent(body),
            "",
        ]
    )


def _imports(code: str, used: set[str]) -> Iterator[str]:
    if "math." in code:
        yield "import math"
        yield ""
    used |= {name for name in ("scratch", "scratch_i8", "prefetch_line") if f"{name}(" in code}
    functions = sorted(n for n in _FUNCTIONS if re.search(rf"\b{n}\(", code))
    if functions:
        yield f"from bouton.kernels.functions import {', '.join(functions)}"
    random = sorted(n for n in (*_DRAWS.values(), *_RANDOM) if re.search(rf"\b{n}\b", code))
    if random:
        yield f"from bouton.kernels.random import {', '.join(random)}"
    yield f"from bouton.kernels.slots import {', '.join(sorted(used))}"


def _builtin_lines(name: str) -> list[str]:
    """The body of a function of `bouton.kernels.sources`, without its docstring."""
    text = text_of("sources")
    function = next(n for n in ast.parse(text).body if isinstance(n, ast.FunctionDef) and n.name == name)
    return [line[4:] for line in text.splitlines()[function.body[1].lineno - 1 : function.end_lineno]]


def _printed(statements: tuple[Statement, ...]) -> list[str]:
    return [line for s in statements for line in _statement_lines(s)] or ["pass"]


def _kernel_lines(kernel: Kernel) -> Iterator[str]:
    for statement in kernel.prologue:
        yield from _statement_lines(statement)
    body = _printed(kernel.body)
    match kernel.domain:
        case "once":
            yield from body
        case "threshold":
            yield from _threshold_lines(kernel)
        case "elements":
            yield from _element_lines(kernel)
        case "synapses":
            yield "for j in range(start, stop):"
            yield from _indent(body)
        case "rows":
            yield from _row_lines(kernel, body)
        case "spiked":
            yield f"row = {STEP} & mask"
            yield "for place in range(row * width, row * width + counts[row]):"
            yield "    i = spikes[place]"
            yield from _indent(body)
        case "events":
            yield from _event_lines(kernel, body)


CHUNK = 64
"""Elements for which random numbers are drawn ahead, and of which it is asked at once whether any spikes.

At most `bouton.kernels.slots.SCRATCH`.
"""


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


def _element_lines(kernel: Kernel) -> Iterator[str]:
    """A loop over elements; in chunks, after what is drawn for them, if anything is."""
    drawn, statements = _drawn_ahead(kernel, kernel.body)
    body = [line for s in statements for line in _statement_lines(s)]
    if not drawn:
        yield "for i in range(start, stop):"
        yield from _indent(body)
        return
    yield from _chunk_heads(drawn)
    yield from _indent(_chunk_loop(drawn, body))


def _threshold_lines(kernel: Kernel) -> Iterator[str]:
    """Elements chunk by chunk: those that spike are counted, and looked for where there are any."""
    earlier, before = _drawn_ahead(kernel, kernel.before)
    drawn, statements = _drawn_ahead(kernel, kernel.body)
    drawn = earlier + drawn
    test = statements[-1]
    assert isinstance(test, If)
    yield f"row = {STEP} & mask"
    yield "count = 0"
    yield from _chunk_heads(drawn)
    yield "    found = 0"
    first = [line for s in (*before, *statements[:-1]) for line in _statement_lines(s)]
    yield from _indent(_chunk_loop(drawn, [*first, f"found += {_without_branches(test.condition)}"]))
    yield "    if found > 0:"
    again = [line for s in statements[:-1] for line in _statement_lines(s)]
    yield from _indent(_indent(_chunk_loop(drawn, [*again, *_collected(_without_branches(test.condition))])))
    yield "counts[row] = count"


def _collected(condition: str) -> Iterator[str]:
    """Note an element if it spikes, without a branch."""
    yield "spikes[row * width + count] = i"
    yield f"spiking = {condition}"
    yield "count += spiking"
    yield f"last[i] = {STEP} if spiking else last[i]"


def _chunk_heads(drawn: list[_Ahead]) -> Iterator[str]:
    for number, draw in enumerate(drawn):
        yield from draw.heads(number)
    yield f"for chunk in range({'start - (start & 1)' if drawn else 'start'}, stop, {CHUNK}):"
    yield f"    end = minimum(chunk + {CHUNK}, stop)"
    if drawn:
        yield "    begin = maximum(chunk, start)"
    for draw in drawn:
        yield from _indent(draw.lines())


def _chunk_loop(drawn: list[_Ahead], body: list[str]) -> list[str]:
    buffers = rf"\b({'|'.join(draw.name for draw in drawn)})\b"
    lines = [re.sub(buffers, r"\1[i - chunk]", line) if drawn else line for line in body]
    return [f"for i in range({'begin' if drawn else 'chunk'}, end):", *_indent(lines)]


def _without_branches(condition: Expr) -> str:
    """A condition all parts of which are evaluated, so that it can be vectorised."""
    if isinstance(condition, Logic):
        sign = " & " if condition.op == "and" else " | "
        return sign.join(f"({_without_branches(operand)})" for operand in condition.operands)
    return show(condition)


def _row_lines(kernel: Kernel, body: list[str]) -> Iterator[str]:
    """Where the targets of each source are neighbours, they are counted instead of looked up."""
    yield "for pre in range(n_rows):"
    yield "    begin, end = row_starts[pre], row_stops[pre]"
    for statement in kernel.head:
        yield from _indent(_statement_lines(statement))
    if not any(arg.name == "target" for arg in kernel.args):
        yield "    for j in range(begin, end):"
        yield from _indent(_indent(body))
        return
    yield "    if dense and begin < end:"
    yield "        shift = target[begin] - begin"
    yield "        for j in range(begin, end):"
    yield "            post = j + shift"
    yield from _indent(_indent(_indent(body)))
    yield "    else:"
    yield "        for j in range(begin, end):"
    yield "            post = target[j]"
    yield from _indent(_indent(_indent(body)))


def _event_lines(kernel: Kernel, body: list[str]) -> Iterator[str]:
    yield f"row = ({STEP} - age) & mask"
    if kernel.counted:
        yield "previous, repeat = -1, -1"
    yield from room_lines(kernel)
    yield "for place in range(row * width, row * width + counts[row]):"
    yield "    key = spikes[place]"
    if kernel.counted:
        yield "    repeat = repeat + 1 if key == previous else 0"
        yield "    previous = key"
    if kernel.weighted:
        yield "    spike_weight = weights[place]"
    for statement in kernel.head:
        yield from _indent(_statement_lines(statement))
    if not kernel.body:
        return
    if kernel.drawn is not None:
        yield from _indent(drawn_lines(kernel, _printed))
        return
    yield "    at = key * groups + group" if kernel.keyed else "    at = group"
    if kernel.keyed and not kernel.permuted:
        yield from _indent(rows_ahead(kernel))
    if kernel.permuted:
        yield "    for p in range(first[at], first[at + 1]):"
        yield "        j = permutation[p]"
    else:
        yield "    for j in range(first[at], first[at + 1]):"
        if kernel.keyed:
            yield from _indent(_indent(targets_ahead(kernel)))
    yield from _indent(_indent(body))


def _indent(lines: Iterator[str] | list[str]) -> list[str]:
    return [f"    {line}" for line in lines]


def _statement_lines(statement: Statement) -> Iterator[str]:
    match statement:
        case Let(name=name, value=value, origin=origin):
            yield _with_origin(f"{name} = {show(value)}", origin)
        case Store(array=array, index=index, op=op, value=value, origin=origin):
            yield _with_origin(f"{array}[{show(index)}] {op} {show(value)}", origin)
        case If(condition=condition, body=body):
            yield f"if {show(condition)}:"
            for inner in body:
                yield from _indent(_statement_lines(inner))
        case For(name=name, begin=begin, end=end, body=body):
            yield f"for {name} in range({show(begin)}, {show(end)}):"
            for inner in body:
                yield from _indent(_statement_lines(inner))
        case Log(name=name, value=value):
            yield f"entry = {name}_count[0]"
            yield f"{name}_steps[entry] = {STEP}"
            yield f"{name}_synapses[entry] = j"
            yield f"{name}_values[entry] = {show(value)}"
            yield f"{name}_count[0] = entry + 1"


def _with_origin(text: str, origin: str) -> str:
    return f"{text}  # {origin}" if origin else text
