"""Deferred postsynaptic events: recorded with the neuron, replayed at the synapse before it is next used.

Each target keeps the steps of its events since all synapses were last up to date (``history``), the last few also side by
side (``recent``), with whatever of the neuron's own the statements read. Each source keeps from which step on its
synapses have events to catch up with (``done``). A synapse looks at the recent events without a branch; if all of them
are new, older ones may be, and it goes through the history. When that is half full, all synapses are brought up to date.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field

from bouton.analysis.check_assignments import find_target
from bouton.analysis.facts import ProjectionFacts
from bouton.analysis.find_deferral import Deferral
from bouton.equations.nodes import Binary, Call, Compare, Expr, Item, Name, Num, Past, Statement, walk
from bouton.equations.show import show_statement
from bouton.plan.builder import KernelBuilder, bounded
from bouton.plan.lower_neurons import assign_local, combined, local_symbol
from bouton.plan.nodes import HISTORY, RECENT, STEP, For, If, Let, Slot, Store
from bouton.plan.nodes import Call as PlanCall
from bouton.plan.nodes import Statement as PlanStatement
from bouton.plan.slots import Slots

NEVER = float(-(2**30))
"""The step of an event that was not."""


LATER = 2**31 - 1
"""A step after all others."""


@dataclass
class Deferred:
    """A deferral on its way into the plan.

    ``stored`` numbers the values that are kept with each event, by waiting statement and expression: they may change
    between two statements. ``recorder`` is the call that records events. ``clock`` is the offset of integrations in the
    phase of the postsynaptic block.
    """

    facts: ProjectionFacts
    found: Deferral
    clock: int
    stored: dict[tuple[int, Expr], int] = field(default_factory=dict)
    count: int = 0
    recorder: PlanCall | None = None

    def steps(self, slots: Slots) -> tuple[Slot, Slot]:
        """The recent events of each target, and all since the last settling."""
        owner = self.facts.name
        recent = slots.get(owner, ":recent", "i4", "n post", "recent", fill=NEVER)
        return recent, slots.get(owner, ":history", "i4", "n post", "history")

    def values(self, slots: Slots, number: int) -> tuple[Slot, Slot]:
        """A stored value for each of these events."""
        owner = self.facts.name
        recent = slots.get(owner, f":recent {number}", "f8", "n post", "recent")
        return recent, slots.get(owner, f":history {number}", "f8", "n post", "history")

    def new(self, slots: Slots) -> Slot:
        """How many events are in the history of each target."""
        return slots.get(self.facts.name, ":new", "i4", "n post")

    def full(self, slots: Slots) -> Slot:
        """Not 0 if a history is half full."""
        return slots.get(self.facts.name, ":full", "i4", "one")

    def done(self, slots: Slots) -> Slot:
        """From which step on the synapses of each source have events to catch up with."""
        return slots.get(self.facts.name, ":done", "i4", "n pre")


def store_values(builder: KernelBuilder, deferred: Deferred, number: int, statement: Statement, values: dict[int, Expr]) -> None:
    """Note what statement ``number`` reads of the neuron, as it is now; ``values`` are the stored ones so far."""
    scope = deferred.facts.scope
    kept = {n for n in scope.symbols if builder.slots.kept_with(deferred.facts, n) == "post"}
    read = [statement.value]
    symbol = scope.symbols.get(statement.target)
    if symbol is not None and symbol.equation is not None:
        read += [bound for bound in (symbol.equation.low, symbol.equation.high) if bound is not None]
    for expression in read:
        for node in walk(scope.expand(expression)):
            name = node.name if isinstance(node, Past) else node.id if isinstance(node, Name) else None
            if name is None or (number, node) in deferred.stored:
                continue
            found = scope.find(name)
            local = name in builder.bound and name not in scope.symbols
            if not (isinstance(node, Past) or name in kept or local or (found is not None and found.owner == "post")):
                continue
            with builder.heading():
                value = builder.translate(node)
                value = value if isinstance(value, Name) else builder.local(name, value)
            known = next((n for n, v in values.items() if v == value), None)
            if known is None:
                known = deferred.count
                values[known] = value
                deferred.count += 1
            deferred.stored[number, node] = known


def append_event(builder: KernelBuilder, deferred: Deferred, values: dict[int, Expr]) -> None:
    """Put this event and the stored values into the neuron's lists."""
    slots, post = builder.slots, Name("post")
    pairs: list[tuple[tuple[Slot, Slot], str, Expr]] = [(deferred.steps(slots), "", Name(STEP))]
    pairs += [(deferred.values(slots, number), f"_{number}", value) for number, value in values.items()]
    with builder.heading():
        new = builder.array(deferred.new(slots), "new")
        at = builder.local("place_in_history", Binary("+", Binary("*", post, Num(HISTORY)), Item(new, post)))
        for (recent_slot, history_slot), suffix, value in pairs:
            recent, history = builder.array(recent_slot, f"recent{suffix}"), builder.array(history_slot, f"history{suffix}")
            for number in range(RECENT - 1):
                builder.body.append(Store(recent, _recent(number), "=", Item(recent, _recent(number + 1))))
            builder.body.append(Store(recent, _recent(RECENT - 1), "=", value))
            builder.body.append(Store(history, at, "=", value))
        builder.body.append(Store(new, post, "+=", Num(1)))
        full = builder.array(deferred.full(slots), "full")
        builder.body.append(If(Compare(">=", Item(new, post), Num(HISTORY // 2)), (Store(full, Num(0), "=", Num(1)),)))


def _recent(number: int) -> Expr:
    return Binary("+", Binary("*", Name("post"), Num(RECENT)), Num(number))


def hold(builder: KernelBuilder, deferred: Deferred, until: Expr) -> None:
    """Once a source: from when on its synapses have to catch up, and what its variables were at its last event."""
    slots, facts, pre = builder.slots, deferred.facts, Name("pre")
    with builder.heading():
        done = builder.array(deferred.done(slots), "done")
        since: Expr = Item(done, pre)
        if _are_weights(deferred):  # with learning off nothing is new
            since = Call("where", (builder.learning(facts), since, Num(LATER)))
        builder.body.append(Let("since", since))
        builder.body.append(Store(done, pre, "=", until))
        for name in deferred.found.held:
            value = builder.local(f"{name}_last", Item(builder.array(slots.value(facts, name), f"{name}_stored"), pre))
            if slots.trace(facts, name) is None:
                builder.held[name] = value, None
            else:
                at = Item(builder.array(slots.written(facts, name), f"{name}_at"), pre)
                builder.held[name] = value, builder.local(f"{name}_last_at", at)


def replay(builder: KernelBuilder, deferred: Deferred) -> dict[str, Name]:
    """Carry out what waits at a synapse; returns the local that holds each variable."""
    slots, facts, found = builder.slots, deferred.facts, deferred.found
    arrays = {name: builder.array(slots.value(facts, name), name) for name in found.variables}
    current = {name: builder.local(f"{name}_now", Item(array, Name("j"))) for name, array in arrays.items()}
    recent_slot, history_slot = deferred.steps(slots)
    recent, history = builder.array(recent_slot, "recent"), builder.array(history_slot, "history")
    numbers = range(deferred.count)
    for number in range(RECENT):
        when = builder.local("when", Item(recent, _recent(number)))
        stored = {n: Item(builder.array(deferred.values(slots, n)[0], f"recent_{n}"), _recent(number)) for n in numbers}
        changed = _one_event(builder, deferred, when, stored, current)
        for name, value in changed.items():
            chosen = Call("where", (Compare(">=", when, Name("since")), value, current[name]))
            builder.body.append(Let(current[name].id, chosen))
    inside: list[PlanStatement] = []
    outside, builder.body = builder.body, inside
    for name, array in arrays.items():
        inside.append(Let(current[name].id, Item(array, Name("j"))))
    base = builder.local("base", Binary("*", Name("post"), Num(HISTORY)))
    count = Item(builder.array(deferred.new(slots), "new"), Name("post"))
    first = builder.local("oldest", Call("pending", (Name(history), base, count, Name("since"))))
    builder.body = []
    when = builder.local("when", Item(history, Name("entry")))
    stored = {n: Item(builder.array(deferred.values(slots, n)[1], f"history_{n}"), Name("entry")) for n in numbers}
    for name, value in _one_event(builder, deferred, when, stored, current).items():
        builder.body.append(Let(current[name].id, value))
    inside.append(For("entry", first, Binary("+", base, count), tuple(builder.body)))
    builder.body = outside
    builder.body.append(If(Compare(">=", Item(recent, _recent(0)), Name("since")), tuple(inside)))
    for name, array in arrays.items():
        builder.body.append(Store(array, Name("j"), "=", current[name]))
    return current


def _are_weights(deferred: Deferred) -> bool:
    return set(deferred.found.variables) <= set(deferred.facts.weights)


def _one_event(
    builder: KernelBuilder, deferred: Deferred, when: Name, stored: dict[int, Item], current: dict[str, Name]
) -> dict[str, Expr]:
    """The waiting statements for one event; returns the new values of the variables."""
    facts, found = deferred.facts, deferred.found
    scope = facts.scope
    held = {name: value for name, (value, at) in builder.held.items() if at is None}
    bound: dict[str, Expr] = {**held, **current}
    loaded: dict[int, Name] = {}
    with builder.replaying(when, Binary("+", when, Num(deferred.clock)) if deferred.clock else when, bound):
        for number, (statement, waits) in enumerate(zip(found.post.statements, found.waits, strict=True)):
            symbol = find_target(statement, scope, None)
            if not waits:
                scope = scope.with_locals([local_symbol(statement.target)]) if symbol is None else scope
                continue
            replaced = dataclasses.replace(statement, value=scope.expand(statement.value))
            for (owner, node), which in deferred.stored.items():
                if owner == number:
                    if which not in loaded:
                        loaded[which] = builder.local(f"then_{which}", stored[which])
                    builder.then[node] = loaded[which]
            origin = f"{found.post.name}: {show_statement(statement)}"
            if symbol is None or symbol.kind == "local":
                assign_local(builder, replaced, origin)
                scope = scope.with_locals([local_symbol(statement.target)]) if symbol is None else scope
            else:
                old = builder.bound[symbol.name]
                value = bounded(builder, symbol, combined(old, statement, builder.translate(replaced.value)))
                frozen = builder.learning(facts) if symbol.name in facts.weights and not _are_weights(deferred) else None
                value = value if frozen is None else Call("where", (frozen, value, old))
                builder.bound[symbol.name] = builder.local(symbol.name, value, origin)
            builder.then.clear()
        return {name: builder.bound[name] for name in found.variables}
