"""Synapses brought up to date with what waits for them: for good, where they could not wait longer, or for who looks."""

from __future__ import annotations

from dataclasses import replace

from bouton.analysis.facts import ProjectionFacts
from bouton.equations.nodes import Name, Num, names
from bouton.plan.builder import KernelBuilder
from bouton.plan.lower_deferred import Deferred, hold, notice, replay
from bouton.plan.nodes import WINDOW, Slot, Store
from bouton.plan.plan import Call
from bouton.plan.recipes import Given
from bouton.plan.slots import Slots
from bouton.plan.synapse_kernels import finish, synapse_builder


def settle(slots: Slots, deferred: Deferred) -> tuple[Call, ...]:
    """Bring all synapses of a projection up to date at the start of a step, and forget what they waited for."""
    facts = deferred.facts
    builder = synapse_builder(slots, facts)
    builder.bound |= (waited := replay(builder, deferred, hold(builder, deferred)))
    for name, value in waited.items():
        builder.body.append(Store(builder.array(slots.value(facts, name), name), Name("j"), "=", value))
    rows = finish(builder, facts, "settle", "synapses")
    calls = [rows]
    for domain, index, slot in (("elements", Name("i"), deferred.new(slots)), ("once", Num(0), deferred.full(slots))):
        clear = KernelBuilder(slots, {})
        clear.body.append(Store(clear.array(slot, "counts_left"), index, "=", Num(0)))
        if domain == "elements":
            clear.over(slots.range_of(facts, "post"))
        kernel, bound = clear.build(f"forget_{'events' if domain == 'elements' else 'full'}", domain)
        calls.append(Call(kernel, facts.name, bound))
    return tuple(calls)


def settle_if_full(slots: Slots, deferred: Deferred, settling: tuple[Call, ...]) -> tuple[Call, ...]:
    """The same from time to time, where targets have so many events that they could not keep more."""
    name = deferred.facts.name
    window = slots.get(name, ":window", "i8", "1", role="fixed")
    slots.add_recipe(Given(window, WINDOW))
    builder = KernelBuilder(slots, {})
    notice(builder, deferred)
    kernel, bound = builder.build("notice_full", "once")
    full = deferred.full(slots)
    return Call(kernel, name, bound, every=window), *(replace(call, when=full) for call in settling)


def observe(
    slots: Slots, facts: ProjectionFacts, name: str, deferred: Deferred | None = None, every: Slot | None = None, offset: int = 0
) -> Call:
    """Evaluate for a recorder a sub-expression, an event-driven variable, or one that has something deferred to wait for."""
    builder = synapse_builder(slots, facts)
    symbol = facts.scope.symbols[name]
    if deferred is not None and names(facts.scope.expand(Name(name))) & {*deferred.found.variables}:
        builder.bound |= replay(builder, deferred, hold(builder, deferred, look=True))
    array = builder.array(slots.get(facts.name, f"{name} observed", "f8", "n"), f"{name}_observed")
    value = builder.bound[name] if name in builder.bound else builder.place(symbol, "self")
    builder.body.append(Store(array, Name("j"), "=", value))
    return replace(finish(builder, facts, f"observe_{name}", "synapses", every=every), offset=offset)
