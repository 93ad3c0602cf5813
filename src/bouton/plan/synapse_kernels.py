"""What kernels over synapses see, how their events reach them, and what they get for the loop that they are in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bouton.analysis.facts import ProjectionFacts
from bouton.equations.nodes import Expr, Item, Name, Num, walk
from bouton.model.blocks import Block
from bouton.network.population import View
from bouton.plan.builder import KernelBuilder, Side
from bouton.plan.lower_drawn import draw_targets
from bouton.plan.lower_neurons import kind_name
from bouton.plan.nodes import Let, Slot, Statement, expressions
from bouton.plan.plan import Call, Pathway
from bouton.plan.slots import STORES, Slots, linked_population


@dataclass
class SynapseBuilder(KernelBuilder):
    """A builder for kernels over synapses."""

    event: bool = False
    late: frozenset[str] = frozenset()
    """Variables of the synapse at hand that are held in locals, and stored only after all statements."""

    def repeat(self) -> Expr:
        """See `KernelBuilder.repeat`."""
        return Name("repeat") if self.event else Num(0)


def synapse_builder(slots: Slots, facts: ProjectionFacts, *, event: bool = False) -> SynapseBuilder:
    """A builder with the synapse and the neurons at both ends."""
    sides = {
        "self": Side(facts, Name("j"), ""),
        "pre": Side(facts.pre, Name("pre"), "_pre"),
        "post": Side(facts.post, Name("post"), "_post"),
    }
    return SynapseBuilder(slots, sides, event=event)


def pathway_of(slots: Slots, facts: ProjectionFacts, block: Block) -> tuple[Pathway, bool]:
    """How a block's events reach the synapses, and whether through a permutation.

    Synapses are stored by source and axonal delay, so that only those come in order.
    """
    projection = facts.projection
    own = block.name in projection.model.delays
    if block.trigger == "event":
        assert block.event is not None
        population = linked_population(slots.facts, projection.events[block.event], facts)
        reach = "all" if population.population.size == 1 else "target"
        return Pathway(facts.name, f"event {block.name}", population.name, "event", reach, block.name if own else "none"), True
    if block.trigger == "pre":
        delay = block.name if own else "axonal"
        return Pathway(facts.name, f"pre {delay}", facts.pre.name, "pre", "source", delay), own and facts.regeneration is None
    delay = block.name if own else "backprop"
    return Pathway(facts.name, f"post {delay}", facts.post.name, "post", "target", delay), True


def column_pathway(facts: ProjectionFacts) -> Pathway:
    """The way from a target to its synapses."""
    return Pathway(facts.name, "post backprop", facts.post.name, "post", "target", "backprop")


def finish(
    builder: SynapseBuilder,
    facts: ProjectionFacts,
    what: str,
    domain: str,
    *,
    pathway: Pathway | None = None,
    permuted: bool = False,
    every: Slot | None = None,
) -> Call:
    """Define the neurons' indices where they are used, add what the domain needs, and build."""
    slots = builder.slots
    key = {"source": "pre", "target": "post", "all": ""}[pathway.reach] if pathway is not None else ""
    sides = {side for side in ("pre", "post") if _mentions([*builder.head, *builder.body], side)}
    if domain == "synapses" and sides:
        domain = "rows"
        for name in ("row_starts", "row_stops"):
            builder.fixed(slots.get(facts.name, f":{name}", "i4", "n pre", role="fixed"), name)
        builder.fixed(slots.size_of_side(facts, "pre"), "n_rows")
        if "post" in sides:
            builder.fixed(slots.get(facts.name, ":dense", "i8", "1", role="fixed"), "dense")
            builder.fixed(slots.target(facts), "target")
    for side, array in (("post", "target"), ("pre", "source")):
        if key == side and side in sides:
            (builder.head if builder.head else builder.body).insert(0, Let(side, Name("key")))
        elif side in sides and domain != "rows" and facts.regeneration is None:
            slot = slots.target(facts) if side == "post" else slots.get(facts.name, ":source", "i4", "n", role="fixed")
            builder.body.insert(0, Let(side, Item(builder.array(slot, array), Name("j"))))
    weighted = _mentions([*builder.head, *builder.body], "spike_weight")
    drawn = None
    if facts.regeneration is not None and builder.body:
        drawn = draw_targets(builder, facts, numbered=_mentions(builder.body, "j"))
    if pathway is not None:
        population = next(p for p in slots.facts.populations if p.name == pathway.population)
        for name, slot in slots.spikes(population).items():
            builder.fixed(slot, name)
        if key == "pre" and isinstance(facts.projection.source, View) and not _serves_others(builder):
            for name, slot in slots.sources(facts).items():
                builder.fixed(slot, name)
        if builder.body and drawn is None:
            builder.fixed(slots.adopt(pathway.slot("first", "i4", f"{pathway.name}:first")), "first")
            builder.fixed(slots.adopt(pathway.slot("groups", "i8", "1")), "groups")
        if permuted and builder.body:
            builder.fixed(slots.adopt(pathway.slot("permutation", "i4", "n")), "permutation")
        if weighted:
            builder.fixed(slots.spike_weights(population), "weights")
        slots.adopt(pathway.slot("group of age", "i8", "ages"))
    elif domain != "rows":
        builder.over(slots.range_of(facts))
    kernel, bound = builder.build(
        f"{what}_{kind_name(facts)}",
        domain,
        keyed=pathway is None or pathway.reach != "all",
        permuted=permuted and bool(builder.body),
        counted=builder.draws and builder.event,
        weighted=weighted,
        drawn=drawn,
    )
    return Call(kernel, facts.name, bound, every=every, pathway=pathway)


def _serves_others(builder: SynapseBuilder) -> bool:
    """True if it may keep a variable of its sources that other projections share, whose sources are others."""
    return any(slot.name.endswith(STORES) for slot, _ in builder.args.values())


def _mentions(statements: Iterable[Statement], name: str) -> bool:
    """True if a local or scalar argument is read."""
    return any(
        isinstance(inner, Name) and inner.id == name
        for statement in statements
        for expression in expressions(statement)
        for inner in walk(expression)
    )
