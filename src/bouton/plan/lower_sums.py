"""Deferred events that add up: what targets keep of them, relative to the beginning of an era.

What a decaying trace is at an event is what it was when the event of its source came, times a decay over the steps in
between. A decay over a span is one up to the *origin* times one from there on. The second follows from the step of the
event alone: summed over the last events of a target it is a number that the target keeps (``sums``). The first is the same
for all synapses of a source. In the same way a postsynaptic trace is kept at its value at the origin (``level``), and what
it has decayed since is the same for all synapses that an event reaches. So a synapse looks up two numbers, and no decay.

Numbers grow the further from the origin they are, so that from time to time an era ends: the origin moves to the step at
hand, and all of this is made anew from the traces and the steps of the last events (`renewing`), which also happens before
each run, since traces may have been set. Nobody can tell how often: the same operations give the same bits. What lies
further back than an era can reach is left to the history, which knows the steps of all that waits.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bouton.analysis.facts import ProjectionFacts
from bouton.analysis.find_deferral import Deferral
from bouton.analysis.find_sum import Sum
from bouton.equations.nodes import Binary, Call, Compare, Expr, Item, Logic, Name, Num, Unary, names
from bouton.plan.builder import KernelBuilder, Side
from bouton.plan.nodes import CLOCK, STEP, SUMMED, If, Slot, Store
from bouton.plan.plan import Call as PlanCall
from bouton.plan.recipes import Era
from bouton.plan.slots import Slots

NEVER = float(-(2**30))
"""The step of an event that was not."""
BEFORE_ALL = -(2**31)
"""A step before all others, even that of an event that was not."""


def sums(slots: Slots, facts: ProjectionFacts) -> Slot:
    """For each recent event its decay and those of all later ones, added up; nothing in the last place, of no event."""
    return slots.get(facts.name, ":sums", "f8", "n post", "summed")


def recent_steps(slots: Slots, facts: ProjectionFacts) -> Slot:
    """The steps of the recent events of each target; the last place, of no event, comes before all."""
    return slots.get(facts.name, ":recent", "i4", "n post", "summed", fill=NEVER)


def level(slots: Slots, facts: ProjectionFacts, name: str) -> Slot:
    """What a postsynaptic trace would have been at the origin, had it only decayed since."""
    return slots.get(facts.name, f"{name}:level", "f8", "n post")


def _origin(builder: KernelBuilder, facts: ProjectionFacts) -> Item:
    """The step at which the era began."""
    return Item(builder.array(builder.slots.get(facts.name, ":origin", "i4", "one"), "origin"), Num(0))


def _era(slots: Slots, facts: ProjectionFacts, found: Deferral) -> Era:
    """How long an era lasts and how far back it reaches."""
    assert found.sum is not None
    traces = [slots.trace(facts, name) for name in (found.sum.trace, *levelled(slots, facts, found))]
    length, reach = (slots.get(facts.name, f":{word} of era", "i8", "1", role="fixed") for word in ("length", "reach"))
    least = slots.get(facts.name, ":least of era", "f8", "1", role="fixed")
    era = Era(facts.name, tuple(trace.rate for trace in traces if trace is not None), length, reach, least, sums(slots, facts))
    slots.add_recipe(era)
    return era


def levelled(slots: Slots, facts: ProjectionFacts, found: Deferral) -> tuple[str, ...]:
    """The postsynaptic traces that presynaptic events read, that only decay and that only postsynaptic events write."""
    if found.sum is None:
        return ()
    model = facts.projection.model
    read = {name for s in found.pre.statements for name in names(facts.scope.expand(s.value))}
    others = [block for block in (*model.blocks, *model.every) if block is not found.post]
    written = {statement.target for block in others for statement in block.statements}
    return tuple(name for name in sorted(read - written) if _only_decays(slots, facts, name))


def _only_decays(slots: Slots, facts: ProjectionFacts, name: str) -> bool:
    if name not in facts.scope.symbols or slots.kept_with(facts, name) != "post":
        return False
    recipe = slots.trace(facts, name)
    return recipe is not None and recipe.table is not None and recipe.rest is None


def _decay_either_way(builder: KernelBuilder, trace: str, steps: Name) -> Expr:
    """The decay over a number of steps, its inverse if that is negative."""
    on = builder.decay(trace, builder.local("on", Call("maximum", (steps, Num(0)))))
    back = builder.decay(trace, builder.local("back", Call("maximum", (Binary("-", Num(0), steps), Num(0)))))
    return Call("where", (Compare(">=", steps, Num(0)), on, Binary("/", Num(1.0), back)))


# --- events ---------------------------------------------------------------------------------------------------


def add_event(builder: KernelBuilder, facts: ProjectionFacts, found: Sum, recent: str) -> None:
    """Put the postsynaptic event at hand among the recent ones of its neuron, and add its decay to their sums."""
    array = builder.array(sums(builder.slots, facts), "sums")
    begin = builder.local("first_place", Binary("*", Name("post"), Num(SUMMED + 1)))
    passed = builder.local("passed", Binary("-", Name(STEP), _origin(builder, facts)))
    new = builder.local(f"{found.trace}_decay", builder.decay(found.trace, passed))
    for number in range(SUMMED - 1):
        here, following = _place(begin, number), _place(begin, number + 1)
        builder.body.append(Store(array, here, "=", Binary("+", Item(array, following), new)))
        builder.body.append(Store(recent, here, "=", Item(recent, following)))
    last = _place(begin, SUMMED - 1)
    builder.body += [Store(array, last, "=", new), Store(recent, last, "=", Name(STEP))]


def keep_levels(builder: KernelBuilder, facts: ProjectionFacts, found: Deferral) -> None:
    """Keep the levels of the traces that the postsynaptic event at hand has written."""
    for name in levelled(builder.slots, facts, found):
        if name in builder.bound:
            passed = builder.local("passed", Binary("-", Name(CLOCK), _origin(builder, facts)))
            grown = Binary("*", builder.bound[name], Binary("/", Num(1.0), builder.decay(name, passed)))
            builder.body.append(
                Store(builder.array(level(builder.slots, facts, name), f"{name}_level"), Name("post"), "=", grown)
            )


def use_levels(builder: KernelBuilder, facts: ProjectionFacts, found: Deferral) -> None:
    """From here on read the levels of traces; what has decayed since is evaluated once a source."""
    with builder.heading():
        for name in levelled(builder.slots, facts, found):
            passed = builder.local("passed", Binary("-", Name(CLOCK), _origin(builder, facts)))
            now = builder.local(f"{name}_decay", builder.decay(name, passed))
            builder.levels[name] = level(builder.slots, facts, name), now


@dataclass(frozen=True)
class Reach:
    """What the synapses of a source share: its ``trace`` as a factor of sums, and the step ``since`` which events are new."""

    trace: Name
    since: Name


def hold_reach(builder: KernelBuilder, facts: ProjectionFacts, found: Deferral, clock: int) -> Reach:
    """Once a source: what its trace is to the sums of its targets, and from when on they are asked for events.

    A source whose last event lies too far back, or whose factor leaves the range of numbers, is sent to the histories.
    ``clock`` is the offset of integrations at postsynaptic events.
    """
    assert found.sum is not None
    trace = found.sum.trace
    value, at = builder.held[trace]
    assert at is not None
    with builder.heading():
        origin = _origin(builder, facts)
        passed = builder.local("passed", Binary("-", Binary("+", origin, Num(clock)) if clock else origin, at))
        factor = builder.local(f"{trace}_begun", Binary("*", value, _decay_either_way(builder, trace, passed)))
        era = _era(builder.slots, facts, found)
        far = Compare(">", passed, builder.scalar(era.reach, "reach"))
        least = builder.scalar(era.least, "least")
        size = Call("abs", (factor,))
        within = Logic("and", (Compare(">=", size, least), Compare("<=", Binary("*", size, least), Num(1.0))))
        lost = Logic("and", (Compare("!=", value, Num(0.0)), Unary("not", within)))
        unseen = Logic("or", (far, lost))
        return Reach(factor, builder.local("asked", Call("where", (unseen, Num(BEFORE_ALL), Name("since")))))


# --- eras -----------------------------------------------------------------------------------------------------


def renewing(slots: Slots, facts: ProjectionFacts, found: Deferral) -> tuple[PlanCall, ...]:
    """Let an era begin where one does, or make anew what follows from where that at hand began."""
    assert found.sum is not None
    era = _era(slots, facts, found)
    first = KernelBuilder(slots, {})
    origin = _origin(first, facts)
    length = first.scalar(era.length, "length")
    begun = Binary("*", Binary("//", Name(STEP), length), length)
    first.body.append(Store(origin.array, origin.index, "=", begun))
    kernel, bound = first.build("begin_era", "once")
    calls = PlanCall(kernel, facts.name, bound), _renewal(slots, facts, found, era)
    return tuple(replace(call, every=era.length) for call in calls)


def _renewal(slots: Slots, facts: ProjectionFacts, found: Deferral, era: Era) -> PlanCall:
    """Levels and sums of each target, as its events have made or would have made them."""
    assert found.sum is not None
    builder = KernelBuilder(slots, {"self": Side(facts, Name("i"), "")})
    origin = builder.constant("began", _origin(builder, facts))
    for name in levelled(slots, facts, found):
        at = Item(builder.array(slots.written(facts, name), f"{name}_at"), Name("i"))
        stored = Item(builder.array(slots.value(facts, name), f"{name}_stored"), Name("i"))
        decay = _decay_either_way(builder, name, builder.local("passed", Binary("-", origin, at)))
        kept = builder.array(level(slots, facts, name), f"{name}_level")
        builder.body.append(Store(kept, Name("i"), "=", Binary("*", stored, decay)))
    _renew_sums(builder, facts, found.sum, origin, builder.scalar(era.reach, "reach"))
    builder.over(slots.range_of(facts, "post"))
    kernel, bound = builder.build("renew_era", "elements")
    return PlanCall(kernel, facts.name, bound)


def _renew_sums(builder: KernelBuilder, facts: ProjectionFacts, found: Sum, origin: Name, reach: Name) -> None:
    """An event before which there is one too far back, or that is one itself, gets the step of the last such event.

    To a source that asks for events since then or earlier all seem to be new, so that it goes through the history.
    """
    recent = builder.array(recent_steps(builder.slots, facts), "recent")
    array = builder.array(sums(builder.slots, facts), "sums")
    entry, later = Name("entry"), Name("later")
    begin = builder.local("first_place", Binary("*", Name("i"), Num(SUMMED + 1)))
    last = _place(begin, SUMMED - 1)
    with builder.loop("entry", begin, _place(begin, SUMMED)):
        decay = _decay_either_way(builder, found.trace, builder.local("passed", Binary("-", Item(recent, entry), origin)))
        builder.body.append(Store(array, entry, "=", decay))
    # in the order in which events are added
    with builder.loop("entry", begin, last), builder.loop("later", Binary("+", entry, Num(1)), _place(begin, SUMMED)):
        builder.body.append(Store(array, entry, "+=", Item(array, later)))
    with builder.loop("place", Num(0), Num(SUMMED - 1)):  # from the last to the first
        after = builder.local("after", Binary("-", last, Name("place")))
        mark = Store(recent, Binary("-", after, Num(1)), "=", Item(recent, after))
        builder.body.append(If(Compare(">", Binary("-", origin, Item(recent, after)), reach), (mark,)))


def _place(begin: Name, number: int) -> Expr:
    return Binary("+", begin, Num(number))
