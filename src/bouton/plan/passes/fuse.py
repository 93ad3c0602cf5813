"""Go through the neurons of a population once in a step.

Integration, regular blocks and the threshold are kernels of their own in the plan. Where nothing in between reads or
writes what they do, and no recorder looks, they become one: a neuron's variables are then loaded and stored once.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Iterator, Mapping

from bouton.equations.nodes import Name, walk
from bouton.plan.nodes import CLOCK, Arg, For, If, Kernel, Let, Slot, Statement, expressions, renamed, stores
from bouton.plan.plan import Call, Phase, Plan


def fuse(plan: Plan, watched: Collection[str]) -> Plan:
    """The plan with fewer loops over neurons; at the end of phases in ``watched`` recorders look."""
    phases = list(plan.phases)
    for number, phase in enumerate(phases):
        for call in phase.calls:
            if call.kernel.domain == "threshold":
                _gather(phases, number, call, watched)
    return dataclasses.replace(plan, phases=tuple(phases))


def _gather(phases: list[Phase], number: int, threshold: Call, watched: Collection[str]) -> None:
    """Move into a threshold what may run right before it, the latest first."""
    fused = threshold
    between: list[Call] = list(phases[number].calls[: phases[number].calls.index(threshold)])
    for earlier in range(number, -1, -1):
        if earlier < number and phases[earlier].name in watched:
            break
        calls = between if earlier == number else list(phases[earlier].calls)
        between = [] if earlier == number else between
        for call in reversed(calls):
            if _is_alike(call, threshold) and not any(_clash(call, other) for other in between):
                fused = _joined(call, fused)
                left = tuple(c for c in phases[earlier].calls if c is not call)
                phases[earlier] = dataclasses.replace(phases[earlier], calls=left)
            else:
                between.insert(0, call)
    now = tuple(fused if c is threshold else c for c in phases[number].calls)
    phases[number] = dataclasses.replace(phases[number], calls=now)


def _is_alike(call: Call, threshold: Call) -> bool:
    """True for a loop over the same neurons in every step."""
    same = call.kernel.domain == "elements" and call.slots.get("start") == threshold.slots["start"]
    return same and call.every is None and call.when is None and not call.idle and not _mentions_clock(call.kernel)


def _mentions_clock(kernel: Kernel) -> bool:
    return any(node == Name(CLOCK) for s in kernel.statements for e in expressions(s) for node in walk(e))


def _clash(one: Call, other: Call) -> bool:
    """True if one changes what the other reads or changes."""
    return bool(_written(one) & set(other.slots.values()) or _written(other) & set(one.slots.values()))


def _written(call: Call) -> set[Slot]:
    if call.kernel.domain == "builtin":
        return {slot for slot in call.slots.values() if slot.role == "state"}
    hidden = {"spikes", "counts", "last"} if call.kernel.domain == "threshold" else set()
    return {call.slots[store.array] for store in stores(call.kernel.statements)} | {call.slots[name] for name in hidden}


def _joined(first: Call, threshold: Call) -> Call:
    """One call that does what ``first`` does and then what the threshold does."""
    known = {(threshold.slots[arg.name], arg.array): arg.name for arg in threshold.kernel.args}
    taken = {arg.name for arg in threshold.kernel.args} | set(_locals(threshold.kernel.statements))
    names: dict[str, str] = {}
    for arg in first.kernel.args:
        names[arg.name] = known.get((first.slots[arg.name], arg.array)) or _free(arg.name, taken)
    constants = {s.value: s.name for s in threshold.kernel.prologue if isinstance(s, Let)}
    same: dict[str, str] = {}
    for statement in first.kernel.prologue:
        moved = renamed(statement, names)
        if isinstance(moved, Let) and moved.value in constants:
            same[moved.name] = constants[moved.value]
    names |= {name: same.get(name) or _free(name, taken) for name in _locals(first.kernel.statements)}
    body = first.kernel.renamed(names)
    prologue = tuple(s for s in body.prologue if not (isinstance(s, Let) and s.name in same.values()))
    new = tuple(arg for arg in body.args if arg.name not in threshold.slots)
    slots: Mapping[str, Slot] = {**{names[n]: s for n, s in first.slots.items()}, **threshold.slots}
    what, kind = first.kernel.name.split("_", 1)[0], threshold.kernel.name
    kernel = dataclasses.replace(
        threshold.kernel,
        name=f"{what}_{kind}",
        args=(*new, *threshold.kernel.args),
        prologue=prologue + threshold.kernel.prologue,
        before=body.body + threshold.kernel.before,
    )
    return dataclasses.replace(threshold, kernel=kernel, slots=_ordered(kernel.args, slots))


def _ordered(args: Iterable[Arg], slots: Mapping[str, Slot]) -> dict[str, Slot]:
    return {arg.name: slots[arg.name] for arg in args}


def _locals(statements: Iterable[Statement]) -> Iterator[str]:
    for statement in statements:
        match statement:
            case Let(name=name):
                yield name
            case If(body=body):
                yield from _locals(body)
            case For(name=name, body=body):
                yield name
                yield from _locals(body)


def _free(wanted: str, taken: set[str]) -> str:
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted}_{number}"
    taken.add(name)
    return name
