"""Printing a plan as Python: one module for each kernel, and the loop over steps, which is always the same."""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from bouton.backends.numba_cpu.ahead import rows_ahead, targets_ahead
from bouton.backends.numba_cpu.emit_drawn import drawn_lines, room_lines
from bouton.backends.numba_cpu.emit_elements import element_lines, threshold_lines
from bouton.backends.numba_cpu.printing import DRAWN_BY, indent, printed, statement_lines
from bouton.backends.numba_cpu.versions import fingerprint, text_of
from bouton.plan.nodes import STEP, Kernel
from bouton.plan.plan import Plan

_FUNCTIONS = frozenset(
    {
        "minimum",
        "maximum",
        "chosen",
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
_RANDOM = ("uniform_pair", "first_steps", "few", "FEW", "MEAN_LIMIT", "next_spike", "LATEST", "bits", "gap")
LOOP = ("advance", "send", "look_out", "receive", "take_spikes", "take_samples", "wait")
"""The modules of `bouton.kernels.loop`."""
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
    return Printed(tuple(modules[call.kernel] for call in calls), loop_module("advance"))


def loop_module(name: str) -> Module:
    """A module of `bouton.kernels.loop`, which is printed as it is."""
    return _module(name, text_of(f"loop/{name}"))


def module_of(kernel: Kernel) -> Module:
    """The module of one kernel."""
    return _module(kernel.name, _kernel_text(kernel))


def _module(function: str, text: str) -> Module:
    digest = hashlib.sha256(f"{fingerprint()}\0{text}".encode()).hexdigest()
    return Module(function, text, f"bouton_{function}_{digest[:20]}")


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
            *indent(fetched),
            *indent(body),
            "",
        ]
    )


def _imports(code: str, used: set[str]) -> Iterator[str]:
    if "math." in code:
        yield "import math"
        yield ""
    used |= {name for name in ("scratch", "scratch_i8", "scratch_i1", "flagged", "lowest", "prefetch_line") if f"{name}(" in code}
    functions = sorted(n for n in _FUNCTIONS if re.search(rf"\b{n}\(", code))
    if functions:
        yield f"from bouton.kernels.functions import {', '.join(functions)}"
    random = sorted(n for n in (*DRAWN_BY.values(), *_RANDOM) if re.search(rf"\b{n}\b", code))
    if random:
        yield f"from bouton.kernels.random import {', '.join(random)}"
    yield f"from bouton.kernels.slots import {', '.join(sorted(used))}"


def _builtin_lines(name: str) -> list[str]:
    """The body of a function of `bouton.kernels.sources`, without its docstring."""
    text = text_of("sources")
    function = next(n for n in ast.parse(text).body if isinstance(n, ast.FunctionDef) and n.name == name)
    return [line[4:] for line in text.splitlines()[function.body[1].lineno - 1 : function.end_lineno]]


def _kernel_lines(kernel: Kernel) -> Iterator[str]:
    for statement in kernel.prologue:
        yield from statement_lines(statement)
    body = printed(kernel.body)
    match kernel.domain:
        case "once":
            yield from body
        case "threshold":
            yield from threshold_lines(kernel)
        case "elements":
            yield from element_lines(kernel)
        case "synapses":
            yield "for j in range(start, stop):"
            yield from indent(body)
        case "rows":
            yield from _row_lines(kernel, body)
        case "spiked":
            yield f"row = {STEP} & mask"
            yield "for place in range(row * width, row * width + counts[row]):"
            yield "    i = spikes[place]"
            yield from indent(body)
        case "events":
            yield from _event_lines(kernel, body)


def _row_lines(kernel: Kernel, body: list[str]) -> Iterator[str]:
    """Where the targets of each source are neighbours, they are counted instead of looked up."""
    yield "for pre in range(n_rows):"
    yield "    begin, end = row_starts[pre], row_stops[pre]"
    for statement in kernel.head:
        yield from indent(statement_lines(statement))
    if not any(arg.name == "target" for arg in kernel.args):
        yield "    for j in range(begin, end):"
        yield from indent(indent(body))
        return
    yield "    if dense and begin < end:"
    yield "        shift = target[begin] - begin"
    yield "        for j in range(begin, end):"
    yield "            post = j + shift"
    yield from indent(indent(indent(body)))
    yield "    else:"
    yield "        for j in range(begin, end):"
    yield "            post = target[j]"
    yield from indent(indent(indent(body)))


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
    if kernel.selects:
        yield "    if not sources_begin <= key < sources_end:"
        yield "        continue"
    if kernel.weighted:
        yield "    spike_weight = weights[place]"
    for statement in kernel.head:
        yield from indent(statement_lines(statement))
    if not kernel.body:
        return
    if kernel.drawn is not None:
        yield from indent(drawn_lines(kernel, printed))
        return
    yield "    at = key * groups + group" if kernel.keyed else "    at = group"
    if kernel.keyed and not kernel.permuted:
        yield from indent(rows_ahead(kernel))
    if kernel.permuted:
        yield "    for p in range(first[at], first[at + 1]):"
        yield "        j = permutation[p]"
    else:
        yield "    for j in range(first[at], first[at + 1]):"
        if kernel.keyed:
            yield from indent(indent(targets_ahead(kernel)))
    yield from indent(indent(body))
