"""Deliver at once what nobody in the phase looks at.

What synapses add to a variable of a neuron goes into an accumulator, which the end of the phase adds to the variable, since
all of a phase reads the values at its start. Where no call of the phase reads or changes the variable otherwise,
and nothing arrives later, events may add to it right away: that saves two passes over the neurons in each step.
"""

from __future__ import annotations

import dataclasses

from bouton.equations.nodes import Binary, Item, Num
from bouton.plan.nodes import Slot, Statement, Store
from bouton.plan.plan import Call, Phase, Plan


def deliver(plan: Plan) -> Plan:
    """The plan without the accumulators that it can do without."""
    phases = tuple(_phase(phase) for phase in plan.phases)
    used = {slot for phase in phases for call in phase.calls for slot in call.slots.values()}
    before = {slot for _, call in plan.calls() for slot in call.slots.values()}
    slots = tuple(slot for slot in plan.slots if slot in used or slot not in before)
    return dataclasses.replace(plan, phases=phases, slots=slots)


def _phase(phase: Phase) -> Phase:
    direct: dict[Slot, Slot] = {}
    calls: list[Call] = []
    for call in phase.calls:
        if not call.delivers:
            calls.append(call)
            continue
        others = phase.calls[: phase.calls.index(call)]  # what comes later may look: all has arrived
        found = {a: v for a, v in _sums(call).items() if not any(v in c.slots.values() for c in others)}
        direct |= found
        left = tuple(s for s in call.kernel.body if not _belongs(s, call, found))
        if left:
            calls.append(_with_body(call, left))
    return dataclasses.replace(phase, calls=tuple(_rebound(call, direct) for call in calls))


def _sums(call: Call) -> dict[Slot, Slot]:
    """The accumulators that a call only adds to a variable and clears, each with that variable."""
    body = call.kernel.body
    found = {}
    for number, statement in enumerate(body):
        match statement:
            case Store(array=array, index=index, value=Binary(op="+", left=Item(array=old, index=at), right=Item(array=new))) if (
                array == old and index == at and number + 1 < len(body) and _clears(body[number + 1], new)
            ):
                found[call.slots[new]] = call.slots[array]
    return {a: v for a, v in found.items() if len(a.shape) == 1 and not _is_written_twice(call, v)}


def _clears(statement: Statement, array: str) -> bool:
    return isinstance(statement, Store) and statement.array == array and statement.value == Num(0.0)


def _is_written_twice(call: Call, slot: Slot) -> bool:
    return sum(isinstance(s, Store) and call.slots[s.array] == slot for s in call.kernel.body) > 1


def _belongs(statement: Statement, call: Call, found: dict[Slot, Slot]) -> bool:
    """True for what adds one of these accumulators to its variable, or clears it."""
    return isinstance(statement, Store) and call.slots[statement.array] in {*found, *found.values()}


def _with_body(call: Call, body: tuple[Statement, ...]) -> Call:
    kernel = dataclasses.replace(call.kernel, body=body)
    args = tuple(a for a in kernel.args if a.name in {"start", "stop"} or kernel.mentions(a.name))
    return dataclasses.replace(
        call, kernel=dataclasses.replace(kernel, args=args), slots={a.name: call.slots[a.name] for a in args}
    )


def _rebound(call: Call, direct: dict[Slot, Slot]) -> Call:
    """The call with the variables in the place of accumulators."""
    names = {name: name.replace("_add_", "_", 1) for name, slot in call.slots.items() if slot in direct}
    names = {old: new for old, new in names.items() if not call.kernel.mentions(new)}
    slots = {names.get(name, name): direct.get(slot, slot) for name, slot in call.slots.items()}
    return dataclasses.replace(call, kernel=call.kernel.renamed(names), slots=slots) if names else call
