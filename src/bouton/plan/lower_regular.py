"""Kernels of regular blocks, and what they and third events do once for each neuron that keeps something for its synapses."""

from __future__ import annotations

from dataclasses import replace

from bouton.analysis.analyse import block_scope
from bouton.analysis.check_assignments import find_target
from bouton.analysis.facts import ProjectionFacts
from bouton.analysis.find_places import of_neurons
from bouton.equations.nodes import Name
from bouton.equations.show import show_statement
from bouton.model.blocks import Block
from bouton.plan.builder import KernelBuilder
from bouton.plan.lower_accumulated import Accumulated, add_up, begin, begin_anew, begin_targets_anew, carry, close, forget
from bouton.plan.lower_neurons import kind_name, local_symbol
from bouton.plan.lower_synapses import Writes, for_synapses, run_once, run_statements
from bouton.plan.nodes import For, Slot
from bouton.plan.plan import Call
from bouton.plan.slots import Slots
from bouton.plan.synapse_kernels import SynapseBuilder, column_pathway, finish, pathway_of, synapse_builder


def every_block(slots: Slots, facts: ProjectionFacts, block: Block, writes: Writes, every: Slot | None) -> list[Call]:
    """A block run for all synapses at an interval, and after that for what neurons keep for them."""
    builder = synapse_builder(slots, facts)
    run_statements(builder, facts, for_synapses(slots, facts, block), writes, frozenset())
    calls = [finish(builder, facts, block.name, "synapses", every=every)] if builder.body else []
    return calls + for_neurons(slots, facts, block, every)


def third_event(slots: Slots, facts: ProjectionFacts, block: Block) -> list[Call]:
    """What a third event does once for each target that it reaches and that keeps something for its synapses."""
    pathway, _ = pathway_of(slots, facts, block)
    builder = synapse_builder(slots, facts, event=True)
    reaches_all = pathway.reach == "all"
    if reaches_all:
        builder.sides["post"].index = Name("i")
    with builder.heading():
        found = _once_a_neuron(builder, facts, block, "post")
    if not found:
        return []
    if reaches_all:
        builder.over(slots.range_of(facts, "post"))
        builder.head = [For("i", Name("start"), Name("stop"), tuple(builder.head))]
    return [finish(builder, facts, f"on_event_{block.name}_post", "events", pathway=pathway)]


def for_neurons(slots: Slots, facts: ProjectionFacts, block: Block, every: Slot | None) -> list[Call]:
    """What a regular block does once for each neuron that keeps something for its synapses."""
    calls = []
    for side in ("pre", "post"):
        builder = synapse_builder(slots, facts)
        builder.sides[side].index = Name("i")
        if _once_a_neuron(builder, facts, block, side):
            builder.over(slots.range_of(facts, side))
            kernel, bound = builder.build(f"{block.name}_{kind_name(facts)}_{side}", "elements")
            calls.append(Call(kernel, facts.name, bound, every=every))
    return calls


def _once_a_neuron(builder: SynapseBuilder, facts: ProjectionFacts, block: Block, side: str) -> bool:
    """A block's statements that run once a neuron on that side; False if there are none."""
    kept = frozenset(name for name in facts.scope.symbols if builder.slots.kept_with(facts, name) == side)
    scope = block_scope(block, facts.scope, facts.pre)
    statements = of_neurons(facts, block, side, kept)
    for statement in statements:
        symbol = find_target(statement, scope, None)
        origin = f"{block.name}: {show_statement(statement)}"
        run_once(builder, facts, replace(statement, value=scope.expand(statement.value)), symbol, origin)
        builder.changed(statement.target)
        if symbol is None:
            scope = scope.with_locals([local_symbol(statement.target)])
    return bool(statements)


def add_up_block(slots: Slots, accumulated: Accumulated) -> list[Call]:
    """What a regular block adds in this step, added up with each target, and what it does for what neurons keep."""
    facts = accumulated.facts
    builder = synapse_builder(slots, facts)
    builder.sides["post"].index = Name("i")
    add_up(builder, accumulated)
    builder.over(slots.range_of(facts, "post"))
    kernel, bound = builder.build(f"add_up_{kind_name(facts)}", "elements")
    calls = [Call(kernel, facts.name, bound)] if builder.body else []
    calls += for_neurons(slots, facts, accumulated.found.every, None)
    return calls + ([_targets_anew(slots, accumulated)] if accumulated.varying else [])


def _targets_anew(slots: Slots, accumulated: Accumulated) -> Call:
    """Bring the synapses of a target up to date before what is added up there cannot be divided by."""
    facts, path = accumulated.facts, column_pathway(accumulated.facts)
    builder = synapse_builder(slots, facts)
    first, groups = path.slot("first", "i4", f"{path.name}:first"), path.slot("groups", "i8", "1")
    synapses = [slots.adopt(slot) for slot in (first, groups, path.slot("permutation", "i4", "n"))]
    source = slots.get(facts.name, ":source", "i4", "n", role="fixed")
    begin_targets_anew(builder, accumulated, (synapses[0], synapses[1], synapses[2], source))
    builder.over(slots.range_of(facts, "post"))
    kernel, bound = builder.build(f"carry_{kind_name(facts)}_of_targets", "elements")
    return Call(kernel, facts.name, bound)


def close_span(slots: Slots, accumulated: Accumulated) -> list[Call]:
    """At the end of each span bring all synapses up to date, and begin to add up anew."""
    facts = accumulated.facts
    builder = synapse_builder(slots, facts)
    carrying = begin(builder, accumulated)
    close(builder, carrying, carry(builder, carrying))
    calls = [finish(builder, facts, "carry", "synapses"), *_forget(slots, accumulated)]
    return [replace(call, every=carrying.span.recipe.span, offset=1) for call in calls]


def renewing_block(slots: Slots, accumulated: Accumulated, block: Block, writes: Writes, every: Slot | None) -> list[Call]:
    """A regular block that uses what is added up, or writes what that follows from: from then on it is added up anew."""
    facts = accumulated.facts
    builder = synapse_builder(slots, facts)
    carrying = begin(builder, accumulated, early=block.name in accumulated.found.early)
    brought = carry(builder, carrying)
    builder.bound |= brought
    builder.late = frozenset(brought)
    run_statements(builder, facts, for_synapses(slots, facts, block), writes, frozenset())
    begin_anew(builder, carrying, builder.bound)
    calls = [finish(builder, facts, block.name, "synapses", every=every)]
    calls += [replace(call, every=every) for call in _forget(slots, accumulated)]
    return calls + for_neurons(slots, facts, block, every)


def _forget(slots: Slots, accumulated: Accumulated) -> list[Call]:
    """Let what is added up for each target begin anew."""
    builder = KernelBuilder(slots, {})
    forget(builder, accumulated, Name("i"))
    if not builder.body:
        return []
    builder.over(slots.range_of(accumulated.facts, "post"))
    kernel, bound = builder.build("forget_totals", "elements")
    return [Call(kernel, accumulated.facts.name, bound)]
