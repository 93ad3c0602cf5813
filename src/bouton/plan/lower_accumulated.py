"""Accumulated regular blocks: added up with the target, carried to a synapse before it is next used.

Between events a synapse's variables S and its source's variables K follow S ← A S, K ← M K, S ← S + B S + C K in each step,
with A and M the same in all steps, and B and C the target's own; B lets variables depend on earlier ones only. Let S̃ and K₀ be
what S and K would have been at the beginning of a span, had they only followed A and M: K₀ = M⁻ⁿ K. Then n steps later
S = Aⁿ S̃ + U S̃ + T K₀, with U and T the same for all synapses of a target, and advanced once a step. A synapse stores S̃, which
changes only where an event changes S or K. So that powers stay moderate, all synapses are carried over at the end of each span,
and U and T begin anew.

Where a variable's own factor varies with the target, an entry of U takes the place of that of Aⁿ: the product of the factors.
When it gets too small or too large to be divided by, the synapses of that target alone are carried over (`begin_targets_anew`).

R. Urbanczik, W. Senn (2014), Neuron 81:521 and G. Bellec et al. (2020), Nat. Commun. 11:3625 are the rules that this is for;
others walk through all steps at each event, or at the end of a trial.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from bouton.analysis.find_linear import ONE, ZERO, add, divide, times
from bouton.equations.nodes import Binary, Call, Compare, Expr, Item, Logic, Name, Num, Unary
from bouton.equations.show import show_statement
from bouton.plan.lower_integration import reach
from bouton.plan.nodes import MODERATE, STEP, If, Let, Slot, Store
from bouton.plan.plan import Totals
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

    @cached_property
    def reach(self) -> Mapping[str, tuple[str, ...]]:
        """For each variable those that a step's value depends on by A or M."""
        plain = {name: (name,) for name in (*self.found.variables, *self.found.sources)}
        return plain | {name: others for group in self.found.groups for name, others in reach(group).items()}

    @cached_property
    def columns(self) -> Mapping[str, tuple[str, ...]]:
        """For each variable the variables and sources with an entry of U or T that is not always zero."""
        found: dict[str, dict[str, None]] = {name: {} for name in self.found.variables}
        while True:
            before = {name: len(columns) for name, columns in found.items()}
            for name, columns in found.items():
                for other in self.reach[name]:
                    columns.update(found[other])
                for changed, through in self.found.terms:
                    if changed == name:
                        columns.update(dict.fromkeys(self.reach[through]) | found.get(through, {}))
            if before == {name: len(columns) for name, columns in found.items()}:
                return {name: tuple(columns) for name, columns in found.items()}

    @cached_property
    def units(self) -> tuple[tuple[str, ...], ...]:
        """The variables that have one equation, in the order of the variables."""
        grouped = {name: group.variables for group in self.found.groups for name in group.variables}
        return tuple(dict.fromkeys(grouped.get(name, (name,)) for name in self.found.variables))

    def is_stepped(self, name: str) -> bool:
        """True for what a differential equation advances, before the block; the rest the block advances itself."""
        return any(name in group.variables for group in self.found.groups)

    @cached_property
    def varying(self) -> tuple[str, ...]:
        """The variables whose own factor varies with the target: their entry of U is 1 at the beginning of a span."""
        return tuple(name for name in self.found.variables if (name, name) in self.found.terms)

    def total(self, slots: Slots, variable: str, column: str) -> Slot:
        """An entry of U or T of each target."""
        fill = 1.0 if variable == column else 0.0
        return slots.get(self.facts.name, f"{variable}:total {column}", "f8", "n post", fill=fill)

    def totals(self, slots: Slots) -> dict[tuple[str, str], Slot]:
        """All of them."""
        return {(name, c): self.total(slots, name, c) for name, columns in self.columns.items() for c in columns}

    def powers(self, slots: Slots) -> Powers:
        """The recipe of the powers of A, M and their inverses."""
        owner = self.facts.name
        advanced = [
            name for name in (*self.found.variables, *self.found.sources) if self.is_stepped(name) or name in self.found.own
        ]

        def entries(word: str) -> dict[tuple[str, str], Slot]:
            return {
                (row, column): slots.get(owner, f"{row}:{word} {column}", "f8", "powers", role="fixed")
                for row in advanced
                for column in self.reach[row]
            }

        span, mask = (slots.get(owner, f":{word}", "i8", "1", role="fixed") for word in ("span", "span mask"))
        found = self.found
        recipe = Powers(owner, found.groups, found.own, found.variables, entries("on"), entries("back"), span, mask)
        slots.add_recipe(recipe)
        return recipe

    def plan(self, slots: Slots) -> Totals:
        """What the runtime has to know, to read and to set variables between runs."""
        recipe = self.powers(slots)
        return Totals(self.found.variables, self.found.sources, recipe.on, recipe.back, self.totals(slots), recipe.mask)


@dataclass
class Span:
    """What a kernel sees of the span at hand: how many of its steps are over for each variable.

    ``early``: the regular block has still to come in this step.
    """

    builder: KernelBuilder
    accumulated: Accumulated
    early: bool = False

    @cached_property
    def recipe(self) -> Powers:
        """That of the powers."""
        return self.accumulated.powers(self.builder.slots)

    def age(self, name: str) -> Expr:
        """How many steps are over for a variable."""
        begun = Binary("&", Name(STEP), self.builder.scalar(self.recipe.mask, "span_mask"))
        if self.early and not self.accumulated.is_stepped(name):
            return self.builder.constant("steps_before", begun)
        return self.builder.constant("steps", Binary("+", begun, Num(1)))

    def on(self, row: str, column: str, steps: Expr | None = None) -> Expr:
        """An entry of a power of A or M."""
        return self._power(self.recipe.on, row, column, steps)

    def back(self, row: str, column: str) -> Expr:
        """An entry of a power of the inverse."""
        return self._power(self.recipe.back, row, column, None)

    def _power(self, table: Mapping[tuple[str, str], Slot], row: str, column: str, steps: Expr | None) -> Expr:
        slot = table.get((row, column))
        if slot is None:  # what has neither equation nor factor stays
            return ONE if row == column else ZERO
        array = self.builder.array(slot, slot.name.replace(":", "_").replace(" ", "_"))
        return Item(array, self.age(row) if steps is None else steps)

    def own(self, row: str, column: str, post: Expr) -> Expr:
        """An entry of what a variable's own equation or factor has made of it at a target."""
        return self.total(row, column, post) if row in self.accumulated.varying else self.on(row, column)

    def total(self, variable: str, column: str, index: Expr) -> Item:
        """An entry of U or T of a target."""
        slot = self.accumulated.total(self.builder.slots, variable, column)
        return Item(self.builder.array(slot, f"total_{variable}_{column}"), index)


def add_up(builder: KernelBuilder, accumulated: Accumulated) -> None:
    """Carry U and T of each target one step on; ``post`` is the target."""
    found, facts, post = accumulated.found, accumulated.facts, builder.sides["post"].index
    span = Span(builder, accumulated, early=True)
    factors: dict[tuple[str, str], Expr] = {}
    for (variable, through), term in found.terms.items():
        factor = builder.translate(term)
        if variable in facts.weights:
            factor = Call("where", (builder.learning(facts), factor, Num(0.0)))
        origin = f"{found.every.name}: {'; '.join(show_statement(s) for s in found.every.statements if s.target == variable)}"
        factors[variable, through] = builder.local(f"{variable}_per_{through}", factor, origin)

    def advanced(name: str, column: str) -> Expr:
        """What a step of A makes of an entry."""
        value: Expr = ZERO
        if name in accumulated.varying:
            return value
        for other in accumulated.reach[name]:
            if column in accumulated.columns[other]:
                value = add(value, times(span.on(name, other, Num(1)), span.total(other, column, post)))
        return value

    def before(name: str, column: str) -> Expr:
        """What a variable is when the block begins, for each unit of another at the beginning of the span."""
        alone = span.on(name, column) if column in accumulated.reach[name] and name not in accumulated.varying else ZERO
        if name in found.sources:
            return alone
        if accumulated.is_stepped(name):
            return add(advanced(name, column), alone)
        return add(span.total(name, column, post) if column in accumulated.columns[name] else ZERO, alone)

    new: dict[tuple[str, str], Expr] = {}
    for variable, columns in accumulated.columns.items():
        for column in columns:
            value = advanced(variable, column)
            for (changed, through), factor in factors.items():
                if changed == variable:
                    value = add(value, times(factor, before(through, column)))
            new[variable, column] = builder.local(f"{variable}_{column}", value)
    for (variable, column), value in new.items():
        builder.body.append(Store(span.total(variable, column, post).array, post, "=", value))


@dataclass
class Carrying:
    """What a kernel over synapses knows of the accumulation; ``first`` holds K₀, ``once`` for all synapses of a source or not."""

    accumulated: Accumulated
    span: Span
    once: bool
    first: dict[str, Expr]


def begin(builder: KernelBuilder, accumulated: Accumulated, *, once: bool = True, early: bool = False) -> Carrying:
    """What the source's variables come from: ``once`` a source, in kernels that go through its synapses, or at each."""
    carrying = Carrying(accumulated, Span(builder, accumulated, early), once, {})
    _look_at_source(builder, carrying)
    return carrying


def _look_at_source(builder: KernelBuilder, carrying: Carrying) -> None:
    """K₀ of the source as it is at this point."""
    if carrying.once:
        with builder.heading():
            carrying.first = _first(builder, carrying)
    else:
        carrying.first = _first(builder, carrying)


def _first(builder: KernelBuilder, carrying: Carrying) -> dict[str, Expr]:
    accumulated = carrying.accumulated
    found: dict[str, Expr] = {}
    for row in accumulated.found.sources:
        value: Expr = ZERO
        for column in accumulated.reach[row]:
            value = add(value, times(carrying.span.back(row, column), builder.translate(Name(column))))
        found[row] = builder.local(f"{row}_first", value)
    return found


def carry(builder: KernelBuilder, carrying: Carrying) -> dict[str, Name]:
    """A synapse's variables as they are now, each in a local."""
    accumulated, slots, span = carrying.accumulated, builder.slots, carrying.span
    stored: dict[str, Expr] = {
        name: builder.local(f"{name}_first", Item(builder.array(slots.value(accumulated.facts, name), name), Name("j")))
        for name in accumulated.found.variables
    }
    now = {}
    for name in stored:
        value: Expr = ZERO
        for other in accumulated.reach[name]:
            value = add(value, times(span.own(name, other, Name("post")), stored[other]))
        now[name] = builder.local(f"{name}_now", _with_totals(carrying, name, value, stored, "+"))
    return now


def _with_totals(carrying: Carrying, name: str, value: Expr, stored: Mapping[str, Expr], sign: str) -> Expr:
    """A value plus or minus U S̃ + T K₀, but for what is there of the variable itself."""
    for column in carrying.accumulated.columns[name]:
        if column == name:
            continue
        first = carrying.first[column] if column in carrying.first else stored[column]
        value = add(value, times(carrying.span.total(name, column, Name("post")), first), sign)
    return value


def keep(builder: KernelBuilder, carrying: Carrying, values: Mapping[str, Expr], *, looked: bool) -> None:
    """Note a synapse's values after an event's statements; ``looked``: its source's variables are what they were before."""
    accumulated = carrying.accumulated
    if not looked:
        _look_at_source(builder, carrying)
    stored: dict[str, Expr] = {}
    for unit in accumulated.units:
        rest = {name: _with_totals(carrying, name, values[name], stored, "-") for name in unit}
        if unit[0] in accumulated.varying:
            rest = {name: divide(value, carrying.span.own(name, name, Name("post"))) for name, value in rest.items()}
        if len(unit) > 1:
            rest = {name: builder.local(f"{name}_rest", value) for name, value in rest.items()}
        stored |= {name: builder.local(f"{name}_new", _back(carrying, name, rest)) for name in unit}
    _store(builder, accumulated, stored)


def begin_anew(builder: KernelBuilder, carrying: Carrying, values: Mapping[str, Expr]) -> None:
    """Note a synapse's values within a span, from where on U and T begin anew."""
    stored = {name: builder.local(f"{name}_new", _back(carrying, name, values)) for name in carrying.accumulated.found.variables}
    _store(builder, carrying.accumulated, stored)


def _back(carrying: Carrying, name: str, values: Mapping[str, Expr]) -> Expr:
    """What a variable was at the beginning of the span, had it only followed A."""
    value: Expr = ZERO
    for other in carrying.accumulated.reach[name]:
        value = add(value, times(carrying.span.back(name, other), values[other]))
    return value


def begin_targets_anew(builder: KernelBuilder, accumulated: Accumulated, synapses: tuple[Slot, Slot, Slot, Slot]) -> None:
    """Where a product of factors gets too small or too large, carry over the synapses of that target, and begin anew there.

    ``synapses``: where those of each target are (first, groups, permutation), and the source of each.
    """
    post = Name("post")
    first, groups, permutation, source = synapses
    span = Span(builder, accumulated)
    builder.body.append(Let("post", Name("i")))
    wide = []
    for name in accumulated.varying:
        size = builder.local("size", Call("abs", (span.total(name, name, post),)))
        wide.append(Logic("and", (Compare(">=", size, Num(1.0 / MODERATE)), Compare("<=", size, Num(MODERATE)))))
    outside, builder.body = builder.body, []
    at, number = builder.array(first, "first"), builder.scalar(groups, "groups")
    low, high = (Item(at, Binary("*", row, number)) for row in (post, Binary("+", post, Num(1))))
    with builder.loop("place", low, high):
        builder.body.append(Let("j", Item(builder.array(permutation, "permutation"), Name("place"))))
        if accumulated.found.sources:
            builder.body.append(Let("pre", Item(builder.array(source, "source"), Name("j"))))
        carrying = begin(builder, accumulated, once=False)
        begin_anew(builder, carrying, carry(builder, carrying))
    forget(builder, accumulated, post)
    fine = wide[0] if len(wide) == 1 else Logic("and", tuple(wide))
    builder.body = [*outside, If(Call("rarely", (Unary("not", fine),)), tuple(builder.body))]


def close(builder: KernelBuilder, carrying: Carrying, values: Mapping[str, Expr]) -> None:
    """Note a synapse's values at the end of a span."""
    _store(builder, carrying.accumulated, values)


def _store(builder: KernelBuilder, accumulated: Accumulated, values: Mapping[str, Expr]) -> None:
    for name in accumulated.found.variables:
        array = builder.array(builder.slots.value(accumulated.facts, name), name)
        builder.body.append(Store(array, Name("j"), "=", values[name]))


def forget(builder: KernelBuilder, accumulated: Accumulated, post: Name) -> None:
    """Let U and T of a target begin anew."""
    for (variable, column), slot in accumulated.totals(builder.slots).items():
        begun = Num(1.0) if variable == column else Num(0.0)
        builder.body.append(Store(builder.array(slot, f"total_{variable}_{column}"), post, "=", begun))
