"""Kernels of populations: integration, threshold, reset, regular blocks, deliveries, history."""

from __future__ import annotations

from collections.abc import Iterable

from bouton.analysis.check_assignments import find_target
from bouton.analysis.facts import Facts, PopulationFacts, ProjectionFacts
from bouton.analysis.symbols import Symbol
from bouton.equations.nodes import Binary, Call, Compare, Expr, Item, Logic, Name, Num, Statement
from bouton.equations.show import show_statement
from bouton.errors import Code, ModelError
from bouton.model.blocks import Block
from bouton.network.population import Population
from bouton.plan.builder import KernelBuilder, Side, bounded
from bouton.plan.lower_integration import check_supported, integrate
from bouton.plan.nodes import STEP, Emit, If, Slot, Store
from bouton.plan.plan import Call as PlanCall
from bouton.plan.slots import Slots
from bouton.units import DIMENSIONLESS

IDENTITY = {"add": 0.0, "multiply": 1.0, "set": float("nan")}
"""What an accumulator holds when nothing arrived; NaN stands for "not set"."""


def neuron_builder(slots: Slots, facts: PopulationFacts) -> KernelBuilder:
    """A builder for a kernel over the neurons of a population."""
    return KernelBuilder(slots, {"self": Side(facts, Name("i"), "")})


def call(builder: KernelBuilder, facts: PopulationFacts, what: str, domain: str, every: Slot | None = None) -> PlanCall:
    """The finished kernel, called for its population."""
    if domain in {"elements", "threshold"}:
        builder.over(builder.slots.range_of(facts))
    if domain in {"threshold", "spiked"}:
        for name, slot in builder.slots.spikes(facts).items():
            builder.fixed(slot, name)
    if domain == "threshold":
        builder.fixed(builder.slots.last(facts), "last")
    kernel, slots = builder.build(f"{what}_{kind_name(facts)}", domain)
    return PlanCall(kernel, facts.name, slots, every=every)


def kind_name(facts: Facts) -> str:
    """The model's name as part of a kernel's name."""
    owner = facts.projection if isinstance(facts, ProjectionFacts) else facts.population
    name = owner.model.name if hasattr(owner, "model") else getattr(owner, "kind", "source")
    return "".join(c if c.isalnum() else "_" for c in name).lower()


def integrate_neurons(slots: Slots, facts: PopulationFacts) -> list[PlanCall]:
    """One step of all differential equations."""
    check_supported(facts.integration, facts.scope.where)
    calls = []
    for shared in (True, False):
        groups = tuple(g for g in facts.integration if facts.scope.symbols[g.variables[0]].shared is shared)
        if groups:
            builder = neuron_builder(slots, facts)
            if shared:
                builder.sides["self"].index = Num(0)
            integrate(builder, groups, builder.sides["self"].index)
            calls.append(call(builder, facts, "integrate", "once" if shared else "elements"))
    return calls


def threshold(slots: Slots, facts: PopulationFacts) -> list[PlanCall]:
    """Which neurons spike in this step."""
    population = facts.population
    assert isinstance(population, Population)
    if population.model.threshold is None:
        return []
    builder = neuron_builder(slots, facts)
    builder.need(population.model.threshold)
    condition = builder.translate(population.model.threshold)
    if slots.refractory(facts) is not None:
        condition = Logic("and", (builder.rested(), condition))
    builder.body.append(If(condition, (Emit(),)))
    return [call(builder, facts, "threshold", "threshold")]


def rate_threshold(slots: Slots, facts: PopulationFacts, rate: Expr) -> PlanCall:
    """A Poisson source whose rate is a function of time: a draw each step."""
    builder = neuron_builder(slots, facts)
    chance = Binary("*", builder.translate(rate), Name("dt"))
    builder.body.append(If(Compare("<", builder.draw("rand"), chance), (Emit(),)))
    return call(builder, facts, "poisson_rate", "threshold")


def neuron_block(slots: Slots, facts: PopulationFacts, block: Block, domain: str, every: Slot | None = None) -> PlanCall:
    """A block of statements for each neuron (or each that spiked)."""
    builder = neuron_builder(slots, facts)
    scope = facts.scope
    for statement in block.statements:
        builder.need(statement.value)
        symbol = find_target(statement, scope, None)
        origin = f"{block.name}: {show_statement(statement)}"
        if symbol is None or symbol.kind == "local":
            assign_local(builder, statement, origin)
            scope = scope.with_locals([] if symbol is not None else [local_symbol(statement.target)])
            continue
        item = builder.translate(Name(symbol.name))
        assert isinstance(item, Item)
        value = bounded(builder, symbol, combined(item, statement, builder.translate(statement.value)))
        builder.body.append(Store(item.array, item.index, "=", value, origin))
        builder.changed(symbol.name)
    return call(builder, facts, block.name, domain, every)


def local_symbol(name: str) -> Symbol:
    """A symbol that only says that a name is local by now."""
    return Symbol(name, "self", name, "local", DIMENSIONLESS)


def assign_local(builder: KernelBuilder, statement: Statement, origin: str) -> None:
    """A statement that writes a name local to its block."""
    value = builder.translate(statement.value)
    known = builder.bound.get(statement.target)
    if known is not None:
        value = combined(known, statement, value)
    builder.bound[statement.target] = builder.local(statement.target, value, origin)


def combined(old: Expr, statement: Statement, value: Expr) -> Expr:
    """The new value of an assignment: the operator applied to the old one."""
    return value if statement.op == "=" else Binary(statement.op[0], old, value)


def is_ring(slots: Slots, facts: PopulationFacts) -> bool:
    """Accumulators of a population have rows for delays if any projection onto it has a dendritic one."""
    return any(p.post is facts and is_delayed(p) for p in slots.facts.projections)


def is_delayed(facts: ProjectionFacts) -> bool:
    """True if deliveries of a projection can arrive later than they are made."""
    given = facts.projection.delays["dendritic"]
    return not (isinstance(given, (int, float)) and given == 0)


def deliver(slots: Slots, facts: PopulationFacts, phase: str, written: Iterable[tuple[str, str]]) -> PlanCall:
    """Apply what synapses wrote to the neurons' variables: set, then multiply, then add."""
    builder = neuron_builder(slots, facts)
    ways: dict[str, set[str]] = {}
    for base, way in written:
        ways.setdefault(base, set()).add(way)
    for base in sorted(ways):
        symbol = facts.scope.symbols[base]
        item = builder.translate(Name(base))
        value: Expr = item
        cleared: list[Store] = []
        for way in ("set", "multiply", "add"):
            if way not in ways[base]:
                continue
            slot = accumulator(slots, facts, phase, base, way, ring=is_ring(slots, facts))
            array = builder.array(slot, f"{base}_{way}")
            arrived = Item(array, _row(builder, facts, phase, base, ring=is_ring(slots, facts)))
            value = _apply(way, value, arrived)
            cleared.append(Store(array, arrived.index, "=", _identity(way)))
        value = bounded(builder, symbol, value)
        equation = symbol.equation
        if equation is not None and "unless refractory" in equation.flags:
            value = Call("where", (builder.refractory(), item, value))
        assert isinstance(item, Item)
        builder.body.append(Store(item.array, item.index, "=", value, origin=f"deliveries to {base}"))
        builder.body.extend(cleared)
    return call(builder, facts, "deliver", "elements")


def _identity(way: str) -> Expr:
    return Num(IDENTITY[way])


def _apply(way: str, value: Expr, arrived: Item) -> Expr:
    if way == "set":
        return Call("where", (Compare("==", arrived, arrived), arrived, value))
    return Binary("*" if way == "multiply" else "+", value, arrived)


def accumulator(slots: Slots, facts: PopulationFacts, phase: str, base: str, way: str, *, ring: bool) -> Slot:
    """Where synapses leave what they write to a neuron's variable, a row for each step of delay."""
    shape = (f"depth {phase} {base}", "n") if ring else ("n",)
    return slots.get(facts.name, f"{base} {way} {phase}", "f8", *shape, fill=IDENTITY[way])


def _row(builder: KernelBuilder, facts: PopulationFacts, phase: str, base: str, *, ring: bool) -> Expr:
    if not ring:
        return Name("i")
    mask = builder.scalar(builder.slots.mask(facts, f"{phase} {base}"), f"{base}_mask")
    return Binary("+", Binary("*", Binary("&", Name(STEP), mask), _width(builder, facts)), Name("i"))


def _width(builder: KernelBuilder, facts: PopulationFacts) -> Name:
    """The length of a row in a ring of values of all neurons."""
    return builder.scalar(builder.slots.size(facts), "n_self")


def remember(slots: Slots, facts: PopulationFacts, base: str) -> PlanCall:
    """Keep the end-of-step value of a variable."""
    builder = neuron_builder(slots, facts)
    array = builder.array(slots.history(facts, base), f"{base}_past")
    mask = builder.scalar(slots.mask(facts, f"past {base}"), f"{base}_mask")
    row = Binary("*", Binary("&", Name(STEP), mask), _width(builder, facts))
    builder.body.append(Store(array, Binary("+", row, Name("i")), "=", builder.translate(Name(base))))
    return call(builder, facts, f"remember_{base}", "elements")


def observe(slots: Slots, facts: PopulationFacts, name: str) -> PlanCall:
    """Evaluate a sub-expression for a recorder."""
    builder = neuron_builder(slots, facts)
    symbol = facts.scope.symbols[name]
    array = builder.array(slots.get(facts.name, f"{name} observed", "f8", "n"), f"{name}_observed")
    builder.body.append(Store(array, Name("i"), "=", builder.place(symbol, "self")))
    return call(builder, facts, f"observe_{name}", "elements")


def check_threshold(facts: PopulationFacts) -> None:
    """Raises ModelError (E506) for a reset that can never run."""
    population = facts.population
    if not isinstance(population, Population) or population.force_spikes is not None:
        return
    if population.model.reset and population.model.threshold is None:
        raise ModelError(
            Code.UNSUPPORTED,
            "the model has a reset but no threshold",
            where=facts.scope.where,
            expected="threshold=…, or force_spikes=…",
        )
