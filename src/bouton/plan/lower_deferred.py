"""Deferred postsynaptic events: recorded with the neuron, replayed at the synapse before it is next used.

Each target keeps the steps of its events since all synapses were last up to date (``history``), the last few also side by
side (``recent``), with whatever of the neuron's own the statements read. Each source keeps from which step on its
synapses have events to catch up with (``done``). A synapse looks at the recent events without a branch; if all of them
are new, older ones may be, and it goes through the history. When that is half full, all synapses are brought up to date.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field

from bouton.analysis.check_assignments import find_target
from bouton.analysis.facts import ProjectionFacts
from bouton.analysis.find_deferral import Deferral
from bouton.analysis.find_sum import Sum
from bouton.equations.nodes import Binary, Call, Compare, Expr, Item, Logic, Name, Num, Past, Statement, Unary, walk
from bouton.equations.show import show_statement
from bouton.plan.builder import KernelBuilder, bounded
from bouton.plan.lower_neurons import assign_local, combined, local_symbol
from bouton.plan.lower_sums import NEVER, Reach, add_event, hold_reach, keep_levels, recent_steps, sums
from bouton.plan.nodes import HISTORY, RECENT, STEP, SUMMED, WINDOW, For, If, Let, Slot, Store
from bouton.plan.plan import Call as PlanCall
from bouton.plan.slots import Slots

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
        history = slots.get(owner, ":history", "i4", "n post", "history")
        if self.found.sum is not None:
            return recent_steps(slots, self.facts), history
        return slots.get(owner, ":recent", "i4", "n post", "recent", fill=NEVER), history

    def values(self, slots: Slots, number: int) -> tuple[Slot, Slot]:
        """A stored value for each of these events."""
        owner = self.facts.name
        recent = slots.get(owner, f":recent {number}", "f8", "n post", "recent")
        return recent, slots.get(owner, f":history {number}", "f8", "n post", "history")

    def new(self, slots: Slots) -> Slot:
        """How many events are in the history of each target."""
        return slots.get(self.facts.name, ":new", "i4", "n post")

    def crowded(self, slots: Slots) -> Slot:
        """The last step of a window, an even or an odd one, at which a history was half full or more."""
        return slots.get(self.facts.name, ":crowded", "i4", "windows", fill=NEVER)

    def full(self, slots: Slots) -> Slot:
        """Not 0 if a history was half full in the last window."""
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
    stored = [(deferred.values(slots, number), f"_{number}", value) for number, value in values.items()]
    with builder.heading():
        keep_levels(builder, deferred.facts, deferred.found)
        new = builder.array(deferred.new(slots), "new")
        at = builder.local("place_in_history", Binary("+", Binary("*", post, Num(HISTORY)), Item(new, post)))
        for (recent_slot, history_slot), suffix, value in [(deferred.steps(slots), "", Name(STEP)), *stored]:
            recent, history = builder.array(recent_slot, f"recent{suffix}"), builder.array(history_slot, f"history{suffix}")
            builder.body.append(Store(history, at, "=", value))
            if deferred.found.sum is None:
                for number in range(RECENT - 1):
                    builder.body.append(Store(recent, _recent(number), "=", Item(recent, _recent(number + 1))))
                builder.body.append(Store(recent, _recent(RECENT - 1), "=", value))
            else:
                add_event(builder, deferred.facts, deferred.found.sum, recent)
        builder.body.append(Store(new, post, "+=", Num(1)))
        crowded = builder.array(deferred.crowded(slots), "crowded")
        note = Store(crowded, _window(Name(STEP)), "=", Name(STEP))
        builder.body.append(If(Compare(">=", Item(new, post), Num(HISTORY - WINDOW)), (note,)))


def notice(builder: KernelBuilder, deferred: Deferred) -> None:
    """At the first step of a window: was a history half full in the one before?

    All threads have met since then, and will before the next but one, so that all see the same.
    """
    crowded, full = deferred.crowded(builder.slots), deferred.full(builder.slots)
    last = Item(builder.array(crowded, "crowded"), _window(Binary("-", Name(STEP), Num(1))))
    lately = Compare(">=", last, Binary("-", Name(STEP), Num(WINDOW)))
    builder.body.append(Store(builder.array(full, "full"), Num(0), "=", Call("where", (lately, Num(1), Num(0)))))


def _window(step: Expr) -> Expr:
    """Whether a step is in an even or an odd window."""
    return Binary("&", Binary(">>", step, Num(WINDOW.bit_length() - 1)), Num(1))


def _recent(number: int) -> Expr:
    return Binary("+", Binary("*", Name("post"), Num(RECENT)), Num(number))


def hold(builder: KernelBuilder, deferred: Deferred, *, look: bool = False) -> Reach | None:
    """Once a source: from when on its synapses have to catch up, and what its variables were at its last event.

    They have caught up then with what was before this step, unless somebody only wants to ``look``.
    """
    slots, facts, pre = builder.slots, deferred.facts, Name("pre")
    with builder.heading():
        done = builder.array(deferred.done(slots), "done")
        since: Expr = Item(done, pre)
        if _are_weights(deferred):  # with learning off nothing is new
            since = Call("where", (builder.learning(facts), since, Num(LATER)))
        builder.body.append(Let("since", since))
        if not look:
            builder.body.append(Store(done, pre, "=", Name(STEP)))
        for name in deferred.found.held:
            value = builder.local(f"{name}_last", Item(builder.array(slots.value(facts, name), f"{name}_stored"), pre))
            if slots.trace(facts, name) is None:
                builder.held[name] = value, None
            else:
                at = Item(builder.array(slots.written(facts, name), f"{name}_at"), pre)
                builder.held[name] = value, builder.local(f"{name}_last_at", at)
    return None if deferred.found.sum is None else hold_reach(builder, facts, deferred.found, deferred.clock)


def replay(builder: KernelBuilder, deferred: Deferred, reach: Reach | None) -> dict[str, Name]:
    """Carry out what waits at a synapse, after `hold` of its source; returns the local that holds each variable."""
    slots, facts, found = builder.slots, deferred.facts, deferred.found
    arrays = {name: builder.array(slots.value(facts, name), name) for name in found.variables}
    current = {name: builder.local(f"{name}_now", Item(array, Name("j"))) for name, array in arrays.items()}
    recent = builder.array(deferred.steps(slots)[0], "recent")
    if found.sum is None or reach is None:
        unusual = _recent_events(builder, deferred, recent, current)
    else:
        unusual, current = _sum_of_events(builder, deferred, found.sum, reach, recent, current)
    outside, builder.body = builder.body, []
    for name, array in arrays.items():
        builder.body.append(Let(current[name].id, Item(array, Name("j"))))
    _all_events(builder, deferred, current)
    outside.append(If(Call("rarely", (unusual,)), tuple(builder.body)))
    builder.body = outside
    return current


def _recent_events(builder: KernelBuilder, deferred: Deferred, recent: str, current: dict[str, Name]) -> Expr:
    """Carry out the last events without a branch; returns the condition that there may be more."""
    slots, numbers = builder.slots, range(deferred.count)
    for number in range(RECENT):
        when = builder.local("when", Item(recent, _recent(number)))
        stored = {n: Item(builder.array(deferred.values(slots, n)[0], f"recent_{n}"), _recent(number)) for n in numbers}
        for name, value in _one_event(builder, deferred, when, stored, current).items():
            chosen = Call("where", (Compare(">=", when, Name("since")), value, current[name]))
            builder.body.append(Let(current[name].id, chosen))
    return Compare(">=", Item(recent, _recent(0)), Name("since"))


def _sum_of_events(
    builder: KernelBuilder, deferred: Deferred, found: Sum, reach: Reach, recent: str, current: dict[str, Name]
) -> tuple[Expr, dict[str, Name]]:
    """Carry out the last events at once; returns the condition that this was not right, and the locals with the results."""
    begin = builder.local("first_place", Binary("*", Name("post"), Num(SUMMED + 1)))
    oldest = builder.local("oldest", Call("first_since", (Name(recent), begin, reach.since)))
    total = Item(builder.array(sums(builder.slots, deferred.facts), "sums"), oldest)
    old = current[found.variable]
    value = builder.local(found.trace, Binary("*", reach.trace, total))
    changed = _one_event(builder, deferred, Name(STEP), {}, {**current, found.trace: value})
    none = Compare("==", oldest, Binary("+", begin, Num(SUMMED)))  # and nothing times infinity is not nothing
    changed = {name: Call("where", (none, old, value)) for name, value in changed.items()}
    unusual: Expr = Compare("==", oldest, begin)
    bounds = [(">=", b) for b in found.low] + [("<=", b) for b in found.high]
    if bounds:  # what is not a number is not within them either
        within = tuple(Compare(op, old, builder.translate(bound)) for op, bound in bounds)
        unusual = Logic("or", (unusual, Unary("not", Logic("and", within) if len(within) > 1 else within[0])))
    return unusual, {name: builder.local(f"{name}_now", value) for name, value in changed.items()}


def _all_events(builder: KernelBuilder, deferred: Deferred, current: dict[str, Name]) -> None:
    """Carry out all events of the neuron's history that wait, one by one."""
    slots = builder.slots
    history = builder.array(deferred.steps(slots)[1], "history")
    base = builder.local("base", Binary("*", Name("post"), Num(HISTORY)))
    count = Item(builder.array(deferred.new(slots), "new"), Name("post"))
    first = builder.local("oldest", Call("pending", (Name(history), base, count, Name("since"))))
    outside, builder.body = builder.body, []
    when = builder.local("when", Item(history, Name("entry")))
    arrays = {n: builder.array(deferred.values(slots, n)[1], f"history_{n}") for n in range(deferred.count)}
    stored = {n: Item(array, Name("entry")) for n, array in arrays.items()}
    for name, value in _one_event(builder, deferred, when, stored, current).items():
        builder.body.append(Let(current[name].id, value))
    outside.append(For("entry", first, Binary("+", base, count), tuple(builder.body)))
    builder.body = outside


def _are_weights(deferred: Deferred) -> bool:
    return set(deferred.found.variables) <= set(deferred.facts.weights)


def _one_event(
    builder: KernelBuilder,
    deferred: Deferred,
    when: Name,
    stored: dict[int, Item],
    current: Mapping[str, Name],
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
