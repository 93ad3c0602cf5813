"""A plan as text."""

from __future__ import annotations

from collections.abc import Iterator

from bouton.equations.show import show
from bouton.plan.nodes import Emit, For, If, Kernel, Let, Log, Statement, Store
from bouton.plan.plan import Call, Plan


def show_plan(plan: Plan) -> str:
    """The step order, the calls of each phase with their bindings, and the kernels."""
    lines = [f"step order: {', '.join(plan.step_order)}", ""]
    for phase in plan.phases:
        lines.append(f"phase {phase.name}")
        lines.extend(f"    {_show_call(call)}" for call in phase.calls)
    for kernel in plan.kernels():
        if kernel.domain != "builtin":
            lines.extend(["", *_show_kernel(kernel)])
    return "\n".join(lines)


def _show_call(call: Call) -> str:
    bound = ", ".join(f"{name}={slot.owner}.{slot.name}" for name, slot in call.slots.items())
    guard = f"  [every {call.every.name}]" if call.every is not None else ""
    guard += f"  [when {call.when.name}]" if call.when is not None else ""
    return f"{call.kernel.name}({bound}){guard}"


def _show_kernel(kernel: Kernel) -> Iterator[str]:
    targets = "" if kernel.drawn is None else f", targets drawn again ({kernel.drawn.kind})"
    yield f"kernel {kernel.name} over {kernel.domain}{targets}"
    for part, statements in (("", kernel.prologue), ("once a neuron: ", kernel.head), ("", kernel.body)):
        for statement in statements:
            yield from (f"    {part}{line}" for line in _show_statement(statement))


def _show_statement(statement: Statement) -> Iterator[str]:
    match statement:
        case Let(name=name, value=value, origin=origin):
            yield _with_origin(f"{name} = {show(value)}", origin)
        case Store(array=array, index=index, op=op, value=value, origin=origin):
            yield _with_origin(f"{array}[{show(index)}] {op} {show(value)}", origin)
        case If(condition=condition, body=body):
            yield f"if {show(condition)}:"
            for inner in body:
                yield from (f"    {line}" for line in _show_statement(inner))
        case For(name=name, begin=begin, end=end, body=body):
            yield f"for {name} from {show(begin)} to {show(end)}:"
            for inner in body:
                yield from (f"    {line}" for line in _show_statement(inner))
        case Emit():
            yield "spike"
        case Log(name=name, value=value):
            yield f"log {name} = {show(value)}"


def _with_origin(text: str, origin: str) -> str:
    return f"{text}  # {origin}" if origin else text
