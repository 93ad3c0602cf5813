"""Which variables that projections keep with the neurons of one population are always equal, so that one is enough?

Projections with the same source (or the same target) see the same events. Their variables are equal if they start
equal, and if all that changes them is equal and comes at the same step in the same phase. This is shown by refinement:
variables that agree in all that can be looked at stand together; those that depend on variables which do not stand
together are parted, until nothing changes. What stands together then can never come to differ.

Values of parameters take part, so that the question is asked again when one was set. Kernels do not depend on the answer.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from bouton.analysis.facts import NetworkFacts, ProjectionFacts
from bouton.analysis.find_integration import RungeKutta
from bouton.analysis.find_places import PRE, block_delay, once_a_neuron
from bouton.equations.nodes import Expr, Statement, names
from bouton.model.blocks import Block
from bouton.model.timed_array import TimedArray
from bouton.units import TIME, in_base

Key: TypeAlias = tuple[str, str]
"""A projection and one of its variables."""
Places: TypeAlias = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Settings:
    """What can be set between runs: parameters in base units by owner and name, and trains.

    ``repeating`` are the populations of which a neuron is given several spikes in one step.
    """

    values: Mapping[Key, Any]
    repeating: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Surroundings:
    """What a plan says of the variables: ``places`` are those kept with neurons, ``order`` is the complete order of a step.

    ``logged`` are projections of which recorders look at events.
    """

    places: Places
    order: tuple[str, ...]
    logged: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Sharing:
    """``groups`` of variables of which one is kept for all, each in the order of projections.

    ``reasons`` say for a variable why it is not shared with another that is called and placed alike.
    """

    groups: tuple[tuple[Key, ...], ...] = ()
    reasons: Mapping[Key, str] = field(default_factory=dict)

    def group_of(self, key: Key) -> tuple[Key, ...]:
        """All that share a variable, itself included; just itself if none do."""
        return next((group for group in self.groups if key in group), (key,))


def find_alike(facts: NetworkFacts, places: Places) -> tuple[tuple[Key, ...], ...]:
    """Variables of one name that several projections keep with neurons of one population: all that may ever be shared."""
    sites: dict[tuple[str, str, str], list[Key]] = {}
    for projection in facts.projections:
        for name, side in places.get(projection.name, {}).items():
            population = projection.pre if side == PRE else projection.post
            sites.setdefault((side, population.name, name), []).append((projection.name, name))
    return tuple(tuple(keys) for keys in sites.values() if len(keys) > 1)


def find_shared(
    facts: NetworkFacts, surroundings: Surroundings, settings: Settings, before: Mapping[Key, Hashable] | None = None
) -> Sharing:
    """The variables that are always equal from now on.

    ``before`` parts variables with different entries, whose values may differ by now; none has one at the start.
    """
    by_name = {p.name: p for p in facts.projections}
    sites = find_alike(facts, surroundings.places)
    found = {key: _Found(by_name[key[0]], key[1], surroundings, settings) for site in sites for key in site}
    history = {key: None if before is None else before.get(key, ("alone", key)) for key in found}
    label: dict[Key, Hashable] = {
        key: (key if each.refusal else (number, history[key], tuple(each.features.items())))
        for number, site in enumerate(sites)
        for key, each in ((key, found[key]) for key in site)
    }
    while True:
        parted = {key: (label[key], *(label.get(r, r) for r in found[key].reads)) for key in found}
        numbers = {each: number for number, each in enumerate(dict.fromkeys(parted.values()))}
        settled = len(numbers) == len(set(label.values()))
        label = {key: numbers[each] for key, each in parted.items()}
        if settled:
            break
    groups: dict[Hashable, list[Key]] = {}
    for key in found:
        groups.setdefault(label[key], []).append(key)
    reasons = {}
    for site in sites:
        for key in site:
            other = next((k for k in site if label[k] != label[key]), None)
            if other is not None:
                reasons[key] = f"{other[0]}: {_why_not(found, label, history, key, other)}"
    return Sharing(tuple(tuple(group) for group in groups.values() if len(group) > 1), reasons)


def _why_not(
    found: Mapping[Key, _Found], label: Mapping[Key, Hashable], history: Mapping[Key, Hashable], key: Key, other: Key
) -> str:
    """Why two variables of one name and place may differ."""
    one, two = found[key], found[other]
    if refusal := one.refusal or two.refusal:
        return refusal
    for what in {**one.features, **two.features}:
        if one.features.get(what) != two.features.get(what):
            return f"{what} differs"
    for mine, its in zip(one.reads, two.reads, strict=True):
        if label.get(mine, mine) != label.get(its, its):
            return f"it depends on {mine[1]}, which is not shared"
    assert history[key] != history[other]
    return "something was set for one of them, so that their values may differ"


class _Found:
    """One variable: ``features`` that have to agree, what it ``reads`` of those kept alike, or why it cannot be shared."""

    def __init__(self, facts: ProjectionFacts, name: str, surroundings: Surroundings, settings: Settings) -> None:
        self._facts = facts
        self._name = name
        self._around = surroundings
        self._settings = settings
        self._side = surroundings.places[facts.name][name]
        self._kept = frozenset(n for n, side in surroundings.places[facts.name].items() if side == self._side)
        self.features: dict[str, Hashable] = {}
        self.reads: tuple[Key, ...] = ()
        self.refusal = self._look()

    def _look(self) -> str | None:
        facts, name = self._facts, self._name
        symbol = facts.scope.symbols[name]
        initial = {**facts.projection.pattern.values(), **facts.projection.values}.get(name, 0)
        self.features["its initial value"] = _bits(in_base(initial, symbol.dimension, where=facts.scope.where))
        model = facts.projection.model
        writers = [b for b in (*model.blocks, *model.every) if name in {s.target for s in b.statements}]
        if len(writers) > 1:
            return f"{writers[0].name} and {writers[1].name} write it"
        if writers and writers[0].trigger in {"every", "event"}:
            return f"{writers[0].name} writes it"
        statements: tuple[Statement, ...] = ()
        for block in writers:
            statements = _needed(facts, block, name, self._kept)
            if (why := self._refusal_of_writer(block)) is not None:
                return why
            self.features["its delay"] = _bits(in_base(block_delay(facts, block), TIME, where=facts.scope.where))
            self.features["the step in which it is written"] = facts.projection.model.phase(block, self._around.order)
            self.features["what is written"] = tuple((s.target, s.op, facts.scope.expand(s.value)) for s in statements)
        expressions = [*self._equation(), *(s.value for s in statements)]
        return self._names(expressions, [s.target for s in statements])

    def _equation(self) -> list[Expr]:
        """Note the equation, its bounds and its scheme; returns what is evaluated."""
        scope, name = self._facts.scope, self._name
        equation = scope.symbols[name].equation
        assert equation is not None
        parts = [None if e is None else scope.expand(e) for e in (equation.value, equation.low, equation.high)]
        self.features["its equation"] = (equation.kind, *parts)
        for group in self._facts.integration:
            if name in group.variables:
                self.features["its scheme"] = (
                    type(group).__name__,
                    getattr(group, "event_driven", False),
                    group.tableau.name if isinstance(group, RungeKutta) else "",
                    group.variables,
                )
        return [part for part in parts if part is not None]

    def _refusal_of_writer(self, writer: Block) -> str | None:
        """Why one projection cannot write for all: the others read before it does, once a neuron and block."""
        facts = self._facts
        population = (facts.pre if self._side == PRE else facts.post).name
        if population in self._settings.repeating:
            return f"several spikes of a neuron of {population} are given in one step"
        for block in facts.projection.model.blocks:
            phase, order = facts.projection.model.phase, self._around.order
            if block is not writer and phase(block, order) == phase(writer, order):
                if facts.name in self._around.logged:
                    return f"{block.name}, of which events are recorded, runs in the same step as {writer.name}"
                if self._name in _mentioned(facts, block):
                    return f"{block.name} uses it in the same step as {writer.name} writes it"
        return None

    def _names(self, expressions: list[Expr], targets: list[str]) -> str | None:
        """Note what each name means; returns why something means another thing in each projection."""
        facts, scope = self._facts, self._facts.scope
        group = next((g.variables for g in facts.integration if self._name in g.variables), ())
        used = {n for e in expressions for n in names(scope.expand(e))}
        reads = {n for n in (*group, *used, *targets) if n in self._kept and n != self._name}
        self.reads = tuple((facts.name, n) for n in sorted(reads))
        for name in sorted(used):
            symbol = scope.find(name)
            if name in self._kept or symbol is None:
                continue  # a variable that is compared itself, a local, or the weight of a spike
            if symbol.owner != "self":
                self.features[name] = (symbol.owner, symbol.base, symbol.kind, symbol.factor)
            elif symbol.kind in {"parameter", "constant", "timed"}:
                self.features[name] = _bits(self._settings.values[facts.name, name])
            else:
                return f"each projection has its own {name}"
        return None


def _needed(facts: ProjectionFacts, block: Block, name: str, kept: frozenset[str]) -> tuple[Statement, ...]:
    """The statements of a block on which the new value of a variable depends, in their order."""
    once = [s for s, runs_once in zip(block.statements, once_a_neuron(facts, block, kept), strict=True) if runs_once]
    needed = {name}
    while True:
        found = tuple(s for s in once if s.target in needed)
        read = {n for s in found for n in names(facts.scope.expand(s.value)) if n in kept or n not in facts.scope.symbols}
        if read <= needed:
            return found
        needed |= read


def _mentioned(facts: ProjectionFacts, block: Block) -> frozenset[str]:
    """The names that a block reads or writes, in the bounds of what it writes, too."""
    found = set()
    for statement in block.statements:
        found |= {statement.target} | names(facts.scope.expand(statement.value))
        symbol = facts.scope.symbols.get(statement.target)
        for bound in () if symbol is None or symbol.equation is None else (symbol.equation.low, symbol.equation.high):
            found |= set() if bound is None else names(facts.scope.expand(bound))
    return frozenset(found)


def _bits(value: Any) -> Hashable:
    """A number or a function of time, as something that is equal if all bits are."""
    if isinstance(value, TimedArray):
        return value.seconds, value.data.shape, value.data.tobytes()
    return np.asarray(value, dtype=np.float64).tobytes()
