"""Kernels of projections: statements of blocks, event blocks, integration, sums, history. Regular blocks: `lower_regular`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from bouton.analysis.analyse import block_scope, delivery_target
from bouton.analysis.check_assignments import find_target
from bouton.analysis.facts import PopulationFacts, ProjectionFacts
from bouton.analysis.find_integration import Exact, Integration
from bouton.analysis.find_linear import negate
from bouton.analysis.find_places import once_a_neuron
from bouton.analysis.symbols import Symbol
from bouton.equations.nodes import Binary, Call, Equation, Expr, Item, Name, Num, Statement, names
from bouton.equations.show import show_equation, show_statement
from bouton.model.blocks import DELIVERY, TRANSMIT, Block
from bouton.plan.builder import bounded
from bouton.plan.lower_accumulated import Accumulated, begin, carry, keep
from bouton.plan.lower_deferred import Deferred, append_event, hold, replay, store_values
from bouton.plan.lower_integration import integrate
from bouton.plan.lower_neurons import (
    accumulator,
    assign_local,
    combined,
    is_delayed,
    is_ring,
    kind_name,
    local_symbol,
    neuron_builder,
)
from bouton.plan.lower_neurons import call as neuron_call
from bouton.plan.lower_sums import use_levels
from bouton.plan.nodes import STEP, If, Log, Store
from bouton.plan.plan import Call as PlanCall
from bouton.plan.slots import Slots
from bouton.plan.synapse_kernels import SynapseBuilder, finish, pathway_of, synapse_builder


@dataclass
class Writes:
    """What the synapses of one phase write to neurons: ``(population, variable, way)`` and who ``=``."""

    phase: str
    found: dict[tuple[str, str, str], list[str]] = field(default_factory=dict)


# --- blocks -------------------------------------------------------------------------------------------


def event_block(
    slots: Slots,
    facts: ProjectionFacts,
    block: Block,
    writes: Writes,
    logged: frozenset[tuple[str, str]],
    deferred: Deferred | None = None,
    accumulated: Accumulated | None = None,
) -> PlanCall:
    """A block run for each synapse that an event reaches. ``logged`` are (variable, moment) to record.

    What is ``deferred`` is recorded by the postsynaptic block, and replayed by the presynaptic one before it runs. All that
    have to do with it bring up to date what is ``accumulated``.
    """
    builder = synapse_builder(slots, facts, event=True)
    pathway, permuted = pathway_of(slots, facts, block)
    block = for_synapses(slots, facts, block) if block.trigger == "event" else block
    catches_up = block.trigger == "pre"
    reach = hold(builder, deferred) if deferred is not None and catches_up else None
    if deferred is not None and catches_up:
        use_levels(builder, facts, deferred.found)
    touches = accumulated is not None and accumulated.found.uses(block, facts)
    carrying = begin(builder, accumulated, once=catches_up) if accumulated is not None and touches else None
    kept = _bind_kept(builder, facts, block)
    waited = replay(builder, deferred, reach) if deferred is not None and catches_up else {}
    builder.bound |= waited
    brought = carry(builder, carrying) if carrying is not None else {}
    builder.bound |= brought
    builder.late = frozenset({*waited, *brought})
    _log(builder, facts, logged, "before")
    run_statements(builder, facts, block, writes, logged if block.trigger == "pre" else frozenset(), kept, deferred)
    if carrying is not None:
        keep(builder, carrying, builder.bound, looked=not catches_up)
    _store(builder, facts, waited)
    _log(builder, facts, logged, "after")
    name = block.name if block.name.startswith("on_") else f"on_{block.trigger}_{block.name}"
    return finish(builder, facts, name, "events", pathway=pathway, permuted=permuted)


def _store(builder: SynapseBuilder, facts: ProjectionFacts, names: Iterable[str]) -> None:
    """Store variables of the synapse at hand that are held in locals."""
    for name in names:
        array = builder.array(builder.slots.value(facts, name), name)
        builder.body.append(Store(array, Name("j"), "=", builder.bound[name]))


def _bind_kept(builder: SynapseBuilder, facts: ProjectionFacts, block: Block) -> frozenset[str]:
    """Read once a neuron the variables kept with it that a block mentions; returns all that are."""
    kept = frozenset(n for n in facts.scope.symbols if builder.slots.kept_with(facts, n) == block.trigger)
    if not kept:
        return kept
    mentioned = {s.target for s in block.statements}
    mentioned |= {n for s in block.statements for n in names(facts.scope.expand(s.value))}
    with builder.heading():
        for name in sorted(kept & mentioned):
            value = builder.translate(Name(name))
            builder.bound[name] = value if isinstance(value, Name) else builder.local(name, value)
    return kept


def for_synapses(slots: Slots, facts: ProjectionFacts, block: Block) -> Block:
    """A regular block, or one of third events, without the statements that write what neurons keep."""
    kept = {name for name in facts.scope.symbols if slots.kept_with(facts, name) != "self"}
    statements = tuple(s for s in block.statements if s.target not in kept)
    writes = any(s.target == DELIVERY or facts.scope.find(s.target) is not None for s in statements)
    return replace(block, statements=statements if writes else ())  # local names alone are for nothing


def run_statements(
    builder: SynapseBuilder,
    facts: ProjectionFacts,
    block: Block,
    writes: Writes,
    logged: frozenset[tuple[str, str]],
    kept: frozenset[str] = frozenset(),
    deferred: Deferred | None = None,
) -> None:
    """A block's statements; those whose result is the same for all synapses of a neuron go into the head."""
    stored: dict[int, Expr] = {}
    once = once_a_neuron(facts, block, kept) if kept else (False,) * len(block.statements)
    scope = block_scope(block, facts.scope, facts.pre)
    target = delivery_target(facts.projection, facts.post, facts.scope.where)
    said = _said(facts, block, logged)
    transmitted = False
    to_target = any(s.target == DELIVERY for s in block.statements)
    for number, (statement, in_head) in enumerate(zip(block.statements, once, strict=True)):
        symbol = find_target(statement, scope, target)
        if deferred is not None and block is deferred.found.post and not in_head:
            store_values(builder, deferred, number, statement, stored)
            if symbol is None:
                scope = scope.with_locals([local_symbol(statement.target)])
            continue
        origin = f"{block.name}: {show_statement(statement)}"
        if in_head:
            with builder.heading():
                run_once(builder, facts, replace(statement, value=scope.expand(statement.value)), symbol, origin)
            builder.changed(statement.target)
            if symbol is None:
                scope = scope.with_locals([local_symbol(statement.target)])
            _log(builder, facts, said.get(number, frozenset()), "transmitted")
            continue
        builder.need(statement.value)
        if symbol is None or symbol.kind == "local":
            assign_local(builder, statement, origin)
            scope = scope.with_locals([] if symbol is not None else [local_symbol(statement.target)])
        elif symbol.owner in {"pre", "post"}:
            if not transmitted and (statement.target == DELIVERY or not to_target):
                _log(builder, facts, logged - said[EVERY], "transmitted")
                transmitted = True
            _write_neuron(builder, facts, statement, symbol, writes, origin)
        else:
            write_synapse(builder, facts, statement, symbol, origin)
        _log(builder, facts, said.get(number, frozenset()), "transmitted")
    if not transmitted:
        _log(builder, facts, logged - said[EVERY], "transmitted")
    if deferred is not None and block is deferred.found.post:
        append_event(builder, deferred, stored)


EVERY = -1


def _said(facts: ProjectionFacts, block: Block, logged: frozenset[tuple[str, str]]) -> dict[int, frozenset[tuple[str, str]]]:
    """After which statement each variable is as it is transmitted; ``EVERY`` holds all of which this is known.

    That is where the block says so (``transmit = …``), or the part of a composition to which the variable belongs, or which
    reads it.
    """
    parts = facts.projection.model.parts
    said = {TRANSMIT, *(f"{part.name}_{TRANSMIT}" for part in parts)} - set(facts.scope.symbols)
    places = [n for n, s in enumerate(block.statements) if s.target in said]
    found: dict[int, set[tuple[str, str]]] = {EVERY: set()}
    for variable, moment in logged if places else ():
        owners = [part.name for part in parts if variable.startswith(f"{part.name}_")]
        owner = max(owners, key=len, default="")
        part = [n for n in places if owner and block.statements[n].target == f"{owner}_{TRANSMIT}"]
        reads = [n for n in places if variable in names(facts.scope.expand(block.statements[n].value))]
        place = (part or reads or places)[-1]
        found.setdefault(place, set()).add((variable, moment))
        found[EVERY].add((variable, moment))
    return {number: frozenset(each) for number, each in found.items()}


def run_once(builder: SynapseBuilder, facts: ProjectionFacts, statement: Statement, symbol: Symbol | None, origin: str) -> None:
    """A statement that runs once for all synapses of a neuron."""
    if symbol is None or symbol.kind == "local":
        assign_local(builder, statement, origin)
        return
    name = symbol.name
    old = builder.translate(Name(name))
    value = bounded(builder, symbol, combined(old, statement, builder.translate(statement.value)))
    if builder.slots.trace(facts, name) is not None:
        builder.write_trace(name, value, origin)
    else:
        new = builder.local(name, value, origin)
        builder.store(name, Store(builder.array(builder.slots.value(facts, name), name), builder.index_of(name), "=", new))
        builder.bound[name] = new


def write_synapse(builder: SynapseBuilder, facts: ProjectionFacts, statement: Statement, symbol: Symbol, origin: str) -> None:
    """A statement that writes a variable of the synapse; weights stay when learning is off."""
    old = builder.translate(Name(symbol.name))
    value = bounded(builder, symbol, combined(old, statement, builder.translate(statement.value)))
    frozen = symbol.name in facts.weights
    learning = builder.learning(facts) if frozen else None
    if symbol.name in builder.late:
        value = value if learning is None else Call("where", (learning, value, old))
        builder.bound[symbol.name] = builder.local(symbol.name, value, origin)
    elif builder.slots.trace(facts, symbol.name) is not None:
        if learning is not None:
            value = Call("where", (learning, value, old))
        builder.write_trace(symbol.name, value, origin)
    else:
        assert isinstance(old, Item)
        store = Store(old.array, old.index, "=", value, origin)
        builder.body.append(store if learning is None else If(learning, (store,)))
    builder.changed(symbol.name)


def _write_neuron(
    builder: SynapseBuilder, facts: ProjectionFacts, statement: Statement, symbol: Symbol, writes: Writes, origin: str
) -> None:
    """Leave a delivery in the accumulator of the neuron's variable, after the dendritic delay."""
    side = facts.post if symbol.owner == "post" else facts.pre
    way = {"=": "set", "+=": "add", "-=": "add", "*=": "multiply", "/=": "multiply"}[statement.op]
    writes.found.setdefault((side.name, symbol.base, way), []).append(f"{facts.name}: {show_statement(statement)}")
    slot = accumulator(builder.slots, side, writes.phase, symbol.base, way, ring=is_ring(builder.slots, side))
    array = builder.array(slot, f"{symbol.base}_{way}_{symbol.owner}")
    index: Expr = Name(symbol.owner)
    if is_ring(builder.slots, side):
        index = Binary("+", _arrival_row(builder, facts, side, symbol.base, writes.phase, delayed=symbol.owner == "post"), index)
    value = builder.translate(statement.value)
    if statement.op == "-=":
        value = negate(value)
    if statement.op == "/=":
        value = Binary("/", Num(1.0), value)
    builder.body.append(Store(array, index, {"set": "=", "add": "+=", "multiply": "*="}[way], value, origin))


def _arrival_row(
    builder: SynapseBuilder, facts: ProjectionFacts, side: PopulationFacts, base: str, phase: str, *, delayed: bool
) -> Expr:
    mask = builder.scalar(builder.slots.mask(side, f"{phase} {base}"), f"{base}_mask")
    n = builder.scalar(builder.slots.size(side), f"n_{'post' if side is facts.post else 'pre'}")
    arrival: Expr = Name(STEP)
    if delayed and is_delayed(facts):
        given = facts.projection.delays["dendritic"]
        each = hasattr(given, "draw") or getattr(getattr(given, "magnitude", given), "ndim", 0) == 1
        slot = builder.slots.get(facts.name, "dendritic steps", "i8", "n" if each else "1", role="fixed")
        delay = Item(builder.array(slot, "delay"), Name("j")) if each else builder.scalar(slot, "delay")
        arrival = Binary("+", arrival, delay)
    return Binary("*", Binary("&", arrival, mask), n)


def _log(builder: SynapseBuilder, facts: ProjectionFacts, logged: frozenset[tuple[str, str]], moment: str) -> None:
    for variable, when in sorted(logged):
        if when != moment:
            continue
        name = f"{variable}_{moment}"
        slots = builder.slots
        builder.fixed(slots.get(facts.name, f"{name} steps", "i4", "log", role="log"), f"{name}_steps")
        builder.fixed(slots.get(facts.name, f"{name} synapses", "i4", "log", role="log"), f"{name}_synapses")
        builder.fixed(slots.get(facts.name, f"{name} values", "f8", "log", role="log"), f"{name}_values")
        builder.fixed(slots.get(facts.name, f"{name} count", "i4", "one", role="log"), f"{name}_count")
        builder.body.append(Log(name, builder.translate(Name(variable))))


# --- every step -----------------------------------------------------------------------------------------


def integrate_synapses(slots: Slots, facts: ProjectionFacts, accumulated: Accumulated | None = None) -> list[PlanCall]:
    """One step of the differential equations that are not evaluated when read, and not ``accumulated``."""
    carried = frozenset[str]() if accumulated is None else frozenset(accumulated.found.variables)
    read_late = [g for g in facts.integration if isinstance(g, Exact) and (g.event_driven or carried & {*g.variables})]
    stepped = [g for g in facts.integration if g not in read_late]
    groups: dict[str, list[Integration]] = {"shared": [], "pre": [], "post": [], "self": []}
    for group in stepped:
        name = group.variables[0]
        groups["shared" if facts.scope.symbols[name].shared else slots.kept_with(facts, name)].append(group)
    return [_integrate_group(slots, facts, where, tuple(found)) for where, found in groups.items() if found]


def _integrate_group(slots: Slots, facts: ProjectionFacts, where: str, groups: tuple[Integration, ...]) -> PlanCall:
    """One step of what is shared by all, kept with neurons, or kept with each synapse (``self``)."""
    builder = synapse_builder(slots, facts)
    if where in {"pre", "post"}:
        builder.sides[where].index = Name("i")
        integrate(builder, groups, Name("i"))
        builder.over(slots.range_of(facts, where))
        kernel, bound = builder.build(f"integrate_{kind_name(facts)}_{where}", "elements")
        return PlanCall(kernel, facts.name, bound)
    if where == "shared":
        builder.sides["self"].index = Num(0)
    integrate(builder, groups, builder.sides["self"].index)
    _guard_weights(builder, facts)
    return finish(builder, facts, "integrate", "once" if where == "shared" else "synapses")


def _guard_weights(builder: SynapseBuilder, facts: ProjectionFacts) -> None:
    """Weights with a differential equation stand still when learning is off."""
    arrays = {builder.slots.value(facts, w) for w in facts.weights}
    for number, statement in enumerate(builder.body):
        if isinstance(statement, Store) and builder.args[statement.array][0] in arrays:
            builder.body[number] = If(builder.learning(facts), (statement,))


def summed(slots: Slots, facts: ProjectionFacts, equation: Equation) -> list[PlanCall]:
    """Clear a neuron's variable and add up the terms of its synapses, in the order of storage."""
    symbol = facts.scope.find(equation.name)
    assert symbol is not None
    assert equation.value is not None
    side = facts.post if symbol.owner == "post" else facts.pre
    clear = neuron_builder(slots, side)
    array = clear.array(slots.value(side, symbol.base), symbol.base)
    clear.body.append(Store(array, Name("i"), "=", Num(0.0)))
    builder = synapse_builder(slots, facts)
    builder.need(equation.value)
    array = builder.array(slots.value(side, symbol.base), f"{symbol.base}_{symbol.owner}")
    term = builder.translate(equation.value)
    builder.body.append(Store(array, Name(symbol.owner), "+=", term, show_equation(equation)))
    return [neuron_call(clear, side, f"clear_{symbol.base}", "elements"), finish(builder, facts, "sum", "synapses")]


def remember(slots: Slots, facts: ProjectionFacts, base: str) -> PlanCall:
    """Keep the end-of-step value of a variable of the synapse."""
    builder = synapse_builder(slots, facts)
    array = builder.array(slots.history(facts, base), f"{base}_past")
    builder.body.append(Store(array, Name("j"), "=", builder.translate(Name(base))))
    return finish(builder, facts, f"remember_{base}", "synapses")
