"""Printing a plan as Python: one module for each kernel, one for the loop over steps."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bouton.backends.numba_cpu.versions import fingerprint
from bouton.equations.nodes import Binary, Compare, Expr, Item, Logic, Name, Num, Unary
from bouton.equations.nodes import Call as Apply
from bouton.plan.nodes import AGES, CLOCK, DT, STEP, Call, Emit, If, Kernel, Let, Log, Phase, Plan, Slot, Statement, Store

_MATH = frozenset({"exp", "expm1", "log", "sqrt", "sin", "cos", "tanh"})
_FUNCTIONS = frozenset({"minimum", "maximum", "clip", "sign", "heaviside", "floor", "decay"})
_DRAWS = {"uniform": "uniform", "normal": "normal", "binomial_draw": "binomial", "poisson_draw": "poisson"}
_PRECEDENCE: dict[str, float] = {"or": 1, "and": 2, "+": 5, "-": 5, "*": 6, "/": 6, "//": 6, "&": 4.5, "**": 8}
_EVENT_ARGS = ("age", "group")
_OPTIONS = 'cache=True, error_model="numpy", nogil=True'

TAP_ARGS = (
    "positions", "samples", "elements", "sample_rows", "sample_values", "spikes", "spike_counts", "spike_steps",
    "spike_indices", "rates", "rate_counts", "logs",
)  # fmt: skip


@dataclass(frozen=True)
class Module:
    """A file to be: its function and text; the name holds a hash of the text and all it rests on."""

    function: str
    text: str
    name: str


@dataclass(frozen=True)
class Printed:
    """A plan as modules: its kernels, the loop over steps, and the loop's arguments for slots in order
    (with whether each is taken as an array)."""

    kernels: tuple[Module, ...]
    loop: Module
    arguments: tuple[tuple[Slot, bool], ...]


def emit(plan: Plan) -> Printed:
    """The modules of a plan."""
    kernels = {k: _module(k.name, _kernel_text(k), ()) for k in plan.kernels() if k.domain != "builtin"}
    modules = tuple(dict.fromkeys(kernels.values()))
    names = _Names()
    loop = _module("advance", _loop_text(plan, kernels, names), modules)
    return Printed(modules, loop, tuple(names.used))


def _module(function: str, text: str, rests_on: tuple[Module, ...]) -> Module:
    """Numba's cache does not see that a called function changed, so the name covers called texts too."""
    digest = hashlib.sha256("\0".join((fingerprint(), text, *(m.name for m in rests_on))).encode()).hexdigest()
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


def kernel_arguments(kernel: Kernel) -> list[str]:
    """The arguments of a kernel's function, in order."""
    extra = _EVENT_ARGS if kernel.domain == "events" else ()
    return [STEP, CLOCK, DT, *extra, *(a.name for a in kernel.args)]


def _kernel_text(kernel: Kernel) -> str:
    body = list(_kernel_lines(kernel))
    code = "\n".join(body)
    arguments = ", ".join(kernel_arguments(kernel))
    return "\n".join(
        [
            f'"""{kernel.name}, over {kernel.domain}."""',
            "",
            *_imports(code),
            "",
            "",
            f"@njit({_OPTIONS}, no_cpython_wrapper=True, no_cfunc_wrapper=True)",
            f"def {kernel.name}({arguments}):",
            *(f"    {line}" for line in body),
            "",
        ]
    )


def _imports(code: str) -> Iterator[str]:
    if "math." in code:
        yield "import math"
        yield ""
    yield "from numba import njit"
    yield ""
    used = sorted(n for n in _FUNCTIONS if re.search(rf"\b{n}\(", code))
    if used:
        yield f"from bouton.kernels.functions import {', '.join(used)}"
    drawn = sorted(n for n in _DRAWS.values() if re.search(rf"\b{n}\(", code))
    if drawn:
        yield f"from bouton.kernels.random import {', '.join(drawn)}"


def _kernel_lines(kernel: Kernel) -> Iterator[str]:
    for statement in kernel.prologue:
        yield from _statement_lines(statement)
    body = [line for s in kernel.body for line in _statement_lines(s)] or ["pass"]
    match kernel.domain:
        case "once":
            yield from body
        case "elements":
            yield "for i in range(n):"
            yield from _indent(body)
        case "synapses":
            yield "for j in range(n):"
            yield from _indent(body)
        case "spiked":
            yield f"row = {STEP} & mask"
            yield "for place in range(row * width, row * width + counts[row]):"
            yield "    i = spikes[place]"
            yield from _indent(body)
        case "threshold":
            yield f"row = {STEP} & mask"
            yield "count = 0"
            yield "for i in range(n):"
            yield from _indent(body)
            yield "counts[row] = count"
        case "events":
            yield from _event_lines(kernel, body)


def _event_lines(kernel: Kernel, body: list[str]) -> Iterator[str]:
    yield f"row = ({STEP} - age) & mask"
    if kernel.counted:
        yield "previous, repeat = -1, -1"
    yield "for place in range(row * width, row * width + counts[row]):"
    yield "    key = spikes[place]"
    if kernel.counted:
        yield "    repeat = repeat + 1 if key == previous else 0"
        yield "    previous = key"
    if kernel.weighted:
        yield "    spike_weight = weights[place]"
    yield "    at = key * groups + group" if kernel.keyed else "    at = group"
    if kernel.permuted:
        yield "    for p in range(first[at], first[at + 1]):"
        yield "        j = permutation[p]"
    else:
        yield "    for j in range(first[at], first[at + 1]):"
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
        case Emit():
            yield "spikes[row * width + count] = i"
            yield "count += 1"
            yield f"last[i] = {STEP}"
        case Log(name=name, value=value):
            yield f"entry = {name}_count[0]"
            yield f"{name}_steps[entry] = {STEP}"
            yield f"{name}_synapses[entry] = j"
            yield f"{name}_values[entry] = {show(value)}"
            yield f"{name}_count[0] = entry + 1"


def _with_origin(text: str, origin: str) -> str:
    return f"{text}  # {origin}" if origin else text


# --- the loop over steps ------------------------------------------------------------------------------


class _Names:
    """The loop's arguments for slots."""

    def __init__(self) -> None:
        self.used: dict[tuple[Slot, bool], str] = {}
        self.taken: set[str] = set()

    def of(self, slot: Slot, *, array: bool) -> str:
        """The name of the argument for a slot as an array, or for its one number."""
        if (slot, array) not in self.used:
            name = re.sub(r"\W+", "_", f"{slot.owner}__{slot.name}") + ("" if array else "_value")
            while name in self.taken:
                name += "_"
            self.taken.add(name)
            self.used[slot, array] = name
        return self.used[slot, array]


def _loop_text(plan: Plan, kernels: Mapping[Kernel, Module], names: _Names) -> str:
    aliases, imports = _aliases(kernels)
    steps: list[str] = []
    for position, phase in enumerate(plan.phases):
        steps.extend(_phase_lines(phase, position, names, aliases))
    builtins = sorted({c.kernel.name for _, c in plan.calls() if c.kernel.domain == "builtin"})
    arguments = ["begin", "stop", "dt", "state_f8", "state_i4", "log_i4", *TAP_ARGS, *names.used.values()]
    types = [*_TYPES, *(_ARRAYS[slot.dtype] if array else _NUMBERS[slot.dtype] for slot, array in names.used)]
    lines = [
        f'"""The loop over steps: {", ".join(p.name for p in plan.phases)}."""',
        "",
        "from numba import njit",
        "",
        *([f"from bouton.kernels.sources import {', '.join(builtins)}"] if builtins else []),
        "from bouton.kernels.taps import is_full, take_samples, take_spikes",
        *imports,
        "",
        "",
        "@njit(",
        f'    "int64({", ".join(types)})",',
        f"    {_OPTIONS},",
        ")",
        "def advance(",
        *(f"    {argument}," for argument in arguments),
        "):",
        "    watched = spikes.shape[0] + rates.shape[0] + logs.shape[0] > 0",
        "    for step in range(begin, stop):",
        "        if watched and is_full(spikes, spike_counts, logs, log_i4):",
        "            return step",
        *_indent(_indent(steps)),
        "    return stop",
        "",
    ]
    return "\n".join(lines)


def _aliases(kernels: Mapping[Kernel, Module]) -> tuple[dict[Kernel, str], list[str]]:
    """Names of kernels in the loop; models of one name get numbers."""
    aliases: dict[Kernel, str] = {}
    imports: list[str] = []
    by_module: dict[str, str] = {}
    for kernel, module in kernels.items():
        if module.name not in by_module:
            alias, number = module.function, 2
            while alias in by_module.values():
                alias, number = f"{module.function}_{number}", number + 1
            by_module[module.name] = alias
            rename = "" if alias == module.function else f" as {alias}"
            imports.append(f"from {module.name} import {module.function}{rename}")
        aliases[kernel] = by_module[module.name]
    return aliases, imports


def _phase_lines(phase: Phase, position: int, names: _Names, aliases: Mapping[Kernel, str]) -> Iterator[str]:
    yield f"# {phase.name}"
    direct = [c for c in phase.calls if c.pathway is None]
    events = [c for c in phase.calls if c.pathway is not None]
    before = direct[: phase.calls.index(events[0])] if events else direct
    for call in before:
        yield from _call_lines(call, phase, names, aliases)
    if events:
        ages = names.of(AGES, array=True)
        reached = any(c.idle for c in direct[len(before) :])
        if reached:
            yield "reached = False"
        yield f"for oldest in range({ages}.size):"
        for call in events:
            yield from _indent(_event_call_lines(call, phase, ages, names, aliases))
            if reached:
                yield "        reached = True"
    for call in direct[len(before) :]:
        yield from _call_lines(call, phase, names, aliases)
    if phase.name == "threshold":
        buffers = "spikes, spike_counts, spike_steps, spike_indices, rates, rate_counts, state_i4"
        yield f"if watched: take_spikes(step, begin, {buffers})"
    rows = f"positions[{position}], positions[{position + 1}]"
    yield f"if positions[{position}] < positions[{position + 1}]:"
    yield f"    take_samples({rows}, step, samples, elements, sample_rows, sample_values, state_f8)"


def _bound(call: Call, names: _Names) -> list[str]:
    return [names.of(call.slots[a.name], array=a.array) for a in call.kernel.args]


def _clock(phase: Phase) -> str:
    return "step + 1" if phase.clock_offset else "step"


def _call_lines(call: Call, phase: Phase, names: _Names, aliases: Mapping[Kernel, str]) -> Iterator[str]:
    if call.kernel.domain == "builtin":
        text = f"{call.kernel.name}({', '.join(['step', 'dt', *_bound(call, names)])})"
    else:
        text = f"{aliases[call.kernel]}({', '.join(['step', _clock(phase), 'dt', *_bound(call, names)])})"
    if call.idle:
        yield "if reached:"
        yield f"    {text}"
    elif call.every is None:
        yield text
    else:
        yield f"if step % {names.of(call.every, array=False)} == 0:"
        yield f"    {text}"


def _event_call_lines(call: Call, phase: Phase, ages: str, names: _Names, aliases: Mapping[Kernel, str]) -> Iterator[str]:
    assert call.pathway is not None
    groups = names.of(call.pathway.slot("group of age", "i8", "ages"), array=True)
    counts, mask = names.of(call.slots["counts"], array=True), names.of(call.slots["mask"], array=False)
    yield f"age, group = {ages}[oldest], {groups}[oldest]"
    yield f"if group >= 0 and {counts}[(step - age) & {mask}] > 0:"
    arguments = ["step", _clock(phase), "dt", "age", "group", *_bound(call, names)]
    yield f"    {aliases[call.kernel]}({', '.join(arguments)})"


_ARRAYS = {"f8": "float64[::1]", "i4": "int32[::1]", "i8": "int64[::1]"}
_NUMBERS = {"f8": "float64", "i4": "int32", "i8": "int64"}
_TABLE = "int64[:, ::1]"
_TYPES = (
    *("int64", "int64", "float64", _ARRAYS["f8"], _ARRAYS["i4"], _ARRAYS["i4"]),
    *(_ARRAYS["i8"], _TABLE, _ARRAYS["i8"], _ARRAYS["i8"], _ARRAYS["f8"]),
    *(_TABLE, _ARRAYS["i8"], _ARRAYS["i8"], _ARRAYS["i8"], _TABLE, _ARRAYS["i8"], _TABLE),
)
"""Types of the loop's arguments before those for slots."""
