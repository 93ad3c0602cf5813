"""Accumulated regular blocks: added up with the target, carried to a synapse before it is next used.

Between two presynaptic events a synapse's variables S and its source's variables K follow S ← A S, K ← M K, S ← S + C K
in each step, with a matrix C of the target's own. n steps after the beginning of a span this makes of S and K
(step 0) the sum Aⁿ S + T K with T = Σ Aⁿ⁻ᵐ C(m) Mᵐ, one matrix for all synapses of a target. A synapse keeps
S − T K₀ of its last event, with K₀ = M⁻ⁿ K what its source's variables would have been at the beginning. So that powers of
M stay moderate, all synapses are carried over at the end of each span, and T begins anew.

R. Urbanczik, W. Senn (2014), Neuron 81:521 is the rule that this is for; NEST walks through all steps at each event.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bouton.analysis.find_linear import ZERO, add, times
from bouton.equations.nodes import Binary, Call, Expr, Item, Name, Num
from bouton.equations.show import show_statement
from bouton.plan.lower_integration import reach
from bouton.plan.nodes import STEP, Slot, Store, Totals
from bouton.plan.recipes import Powers
from bouton.plan.slots import Slots

if TYPE_CHECKING:
    from bouton.analysis.facts import ProjectionFacts
    from bouton.analysis.find_accumulation import Accumulation
    from bouton.plan.builder import KernelBuilder


@dataclass(frozen=True)
class Accumulated:
    """An accumulation on its way into the plan."""

    facts: ProjectionFacts
    found: Accumulation

    def pairs(self) -> Iterator[tuple[str, str]]:
        """The entries of T that are not always zero."""
        for variable in self.found.variables:
            for source in self.found.sources:
                if any(x in self.reach()[variable] and source in self.reach()[k] for x, k in self.found.terms):
                    yield variable, source

    def reach(self) -> Mapping[str, tuple[str, ...]]:
        """For each variable those that a step's value depends on."""
        plain = {name: (name,) for name in (*self.found.variables, *self.found.sources)}
        return plain | {name: others for group in self.found.groups for name, others in reach(group).items()}

    def total(self, slots: Slots, variable: str, source: str) -> Slot:
        """An entry of T of each target."""
        return slots.get(self.facts.name, f"{variable}:total {source}", "f8", "n post")

    def carried(self, slots: Slots) -> Slot:
        """How many steps of the span the synapses of each source have seen."""
        return slots.get(self.facts.name, ":carried", "i4", "n pre")

    def powers(self, slots: Slots) -> Powers:
        """The recipe of the powers of A, M and M⁻¹."""
        found, owner = self.found, self.facts.name

        def entries(names: tuple[str, ...], word: str) -> dict[tuple[str, str], Slot]:
            grouped = [(row, column) for row in names for column in self.reach()[row] if row in self._in_groups()]
            return {
                (row, column): slots.get(owner, f"{row}:{word} {column}", "f8", "powers", role="fixed") for row, column in grouped
            }

        recipe = Powers(
            owner,
            found.groups,
            {**entries(found.variables, "on"), **entries(found.sources, "on")},
            entries(found.sources, "back"),
            slots.get(owner, ":span", "i8", "1", role="fixed"),
            slots.get(owner, ":span mask", "i8", "1", role="fixed"),
        )
        slots.add_recipe(recipe)
        return recipe

    def plan(self, slots: Slots) -> Totals:
        """What the runtime has to know, to read and to set variables between runs."""
        recipe = self.powers(slots)
        totals = {pair: self.total(slots, *pair) for pair in self.pairs()}
        found = self.found
        return Totals(found.variables, found.sources, recipe.on, recipe.back, totals, self.carried(slots), recipe.mask)

    def _in_groups(self) -> frozenset[str]:
        return frozenset(name for group in self.found.groups for name in group.variables)


def _power(builder: KernelBuilder, table: Mapping[tuple[str, str], Slot], row: str, column: str, steps: Expr) -> Expr:
    """An entry of a power; variables without an equation stay."""
    slot = table.get((row, column))
    if slot is None:
        return Num(1.0) if row == column else ZERO
    return Item(builder.array(slot, slot.name.replace(":", "_").replace(" ", "_")), steps)


def _age(builder: KernelBuilder, recipe: Powers) -> Expr:
    """How many steps of the span are over, this one included."""
    return Binary("+", Binary("&", Name(STEP), builder.scalar(recipe.mask, "span_mask")), Num(1))


def add_up(builder: KernelBuilder, accumulated: Accumulated) -> None:
    """Carry T of each target one step on; ``post`` is the target."""
    slots, found, facts = builder.slots, accumulated.found, accumulated.facts
    recipe, reached, post = accumulated.powers(slots), accumulated.reach(), builder.sides["post"].index
    age = builder.local("age", _age(builder, recipe), prologue=True)
    arrays = {pair: builder.array(accumulated.total(slots, *pair), "total_{}_{}".format(*pair)) for pair in accumulated.pairs()}
    factors: dict[tuple[str, str], Expr] = {}
    for (variable, source), term in found.terms.items():
        factor = builder.translate(term)
        if variable in facts.weights:
            factor = Call("where", (builder.learning(facts), factor, Num(0.0)))
        origin = f"{found.every.name}: {'; '.join(show_statement(s) for s in found.every.statements if s.target == variable)}"
        factors[variable, source] = builder.local(f"{variable}_per_{source}", factor, origin)
    new: dict[tuple[str, str], Expr] = {}
    for variable, source in arrays:
        value: Expr = ZERO
        for other in reached[variable]:
            if (other, source) in arrays:
                once = _power(builder, recipe.on, variable, other, Num(1))
                value = add(value, times(once, Item(arrays[other, source], post)))
        for (changed, through), factor in factors.items():
            if changed == variable and source in reached[through]:
                value = add(value, times(factor, _power(builder, recipe.on, through, source, age)))
        new[variable, source] = builder.local(f"{variable}_{source}", value)
    for pair, value in new.items():
        builder.body.append(Store(arrays[pair], post, "=", value))


@dataclass
class Carrying:
    """What a kernel over synapses knows of the accumulation: once a source, and at each synapse.

    ``age`` steps of the span are over; ``first`` holds K₀.
    """

    accumulated: Accumulated
    recipe: Powers
    age: Name
    gap: Name
    first: dict[str, Expr]


def begin(builder: KernelBuilder, accumulated: Accumulated) -> Carrying:
    """Once a source: how many steps its synapses have not seen, and what its variables come from."""
    slots, pre = builder.slots, Name("pre")
    recipe = accumulated.powers(slots)
    with builder.heading():
        age = builder.local("age_now", _age(builder, recipe))
        gap = builder.local("gap", Binary("-", age, Item(builder.array(accumulated.carried(slots), "carried"), pre)))
    carrying = Carrying(accumulated, recipe, age, gap, {})
    carrying.first = _first(builder, carrying)
    return carrying


def _first(builder: KernelBuilder, carrying: Carrying) -> dict[str, Expr]:
    """K₀ of the source as it is at this point."""
    accumulated = carrying.accumulated
    found: dict[str, Expr] = {}
    with builder.heading():
        for row in accumulated.found.sources:
            value: Expr = ZERO
            for column in accumulated.reach()[row]:
                back = _power(builder, carrying.recipe.back, row, column, carrying.age)
                value = add(value, times(back, builder.translate(Name(column))))
            found[row] = builder.local(f"{row}_first", value)
    return found


def carry(builder: KernelBuilder, carrying: Carrying) -> dict[str, Name]:
    """A synapse's variables as they are now, each in a local."""
    accumulated, slots = carrying.accumulated, builder.slots
    stored = {
        name: builder.local(f"{name}_then", Item(builder.array(slots.value(accumulated.facts, name), name), Name("j")))
        for name in accumulated.found.variables
    }
    now = {}
    for name in stored:
        value: Expr = ZERO
        for other in accumulated.reach()[name]:
            value = add(value, times(_power(builder, carrying.recipe.on, name, other, carrying.gap), stored[other]))
        now[name] = builder.local(f"{name}_now", _with_totals(builder, carrying, name, value, "+"))
    return now


def _with_totals(builder: KernelBuilder, carrying: Carrying, name: str, value: Expr, sign: str) -> Expr:
    """A value plus or minus T K₀."""
    accumulated = carrying.accumulated
    for variable, source in accumulated.pairs():
        if variable == name:
            array = builder.array(accumulated.total(builder.slots, variable, source), f"total_{variable}_{source}")
            value = add(value, times(Item(array, Name("post")), carrying.first[source]), sign)
    return value


def keep(builder: KernelBuilder, carrying: Carrying, values: Mapping[str, Expr]) -> None:
    """Note a source's and a synapse's values at an event, after its statements."""
    accumulated, slots = carrying.accumulated, builder.slots
    with builder.heading():
        builder.body.append(Store(builder.array(accumulated.carried(slots), "carried"), Name("pre"), "=", carrying.age))
    carrying.first = _first(builder, carrying)
    for name in accumulated.found.variables:
        array = builder.array(slots.value(accumulated.facts, name), name)
        builder.body.append(Store(array, Name("j"), "=", _with_totals(builder, carrying, name, values[name], "-")))


def close(builder: KernelBuilder, carrying: Carrying, values: Mapping[str, Expr]) -> None:
    """Note a synapse's values at the end of a span, when T begins anew."""
    accumulated, slots = carrying.accumulated, builder.slots
    with builder.heading():
        builder.body.append(Store(builder.array(accumulated.carried(slots), "carried"), Name("pre"), "=", Num(0)))
    for name in accumulated.found.variables:
        builder.body.append(Store(builder.array(slots.value(accumulated.facts, name), name), Name("j"), "=", values[name]))


def forget(builder: KernelBuilder, accumulated: Accumulated) -> None:
    """Begin T anew."""
    for pair in accumulated.pairs():
        array = builder.array(accumulated.total(builder.slots, *pair), "total_{}_{}".format(*pair))
        builder.body.append(Store(array, Name("i"), "=", Num(0.0)))
