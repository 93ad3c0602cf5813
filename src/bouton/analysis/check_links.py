"""Is everything linked that is flagged so, and are third events given? And nothing besides?"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from bouton.analysis.facts import Facts, NetworkFacts, ProjectionFacts
from bouton.analysis.symbols import unit_of
from bouton.errors import Code, NameError_, NetworkError, UnitError, nearest, one_of
from bouton.network.population import Population
from bouton.network.projection import Projection
from bouton.units import show_dimension


def check_links(facts: NetworkFacts) -> None:
    """Check ``link=`` and ``events=`` of all objects.

    Raises NetworkError (E408: one is missing, E401: not of the right form), NameError_ (E206: one too many), UnitError
    (E301: the linked variable has another dimension).
    """
    for each in facts.objects:
        owner = each.projection if isinstance(each, ProjectionFacts) else each.population
        if isinstance(owner, Projection):
            events = {b.event for b in owner.model.on_event if b.event is not None}
            _check_names("events", "event", owner.events, events, each.scope.where)
        if isinstance(owner, (Projection, Population)):
            linked = {e.name: e for e in owner.model.equations if "linked" in e.flags}
            _check_names("link", "linked variable", owner.link, linked, each.scope.where)
            for name, given in owner.link.items():
                _check_dimension(name, given, unit_of(linked[name]).dimensionality, facts, each)


def _check_names(argument: str, what: str, given: Mapping[str, Any], wanted: Collection[str], where: str) -> None:
    for name in given:
        if name not in wanted:
            raise NameError_(
                Code.UNKNOWN_VARIABLE,
                f"{argument} names {name!r}, but the model has no such {what}",
                where=where,
                expected=one_of(wanted),
                hint=nearest(name, wanted),
            )
    for name in wanted:
        if name not in given:
            raise NetworkError(
                Code.MISSING_VALUE,
                f"the {what} {name!r} has no source",
                where=where,
                expected=f"{argument}={{{name!r}: population}}",
            )


def _check_dimension(name: str, given: Any, expected: Any, facts: NetworkFacts, reader: Facts) -> None:
    if isinstance(given, tuple) and not (len(given) == 2 and isinstance(given[1], str)):
        raise NetworkError(
            Code.BAD_VALUE,
            f"{name!r} is linked to {given!r:.60}",
            where=reader.scope.where,
            expected="a population, or a pair (population, 'variable')",
        )
    population, base = given if isinstance(given, tuple) else (given, name)
    other = next((p for p in facts.populations if p.population is population), None)
    symbol = None if other is None else other.scope.symbols.get(base)
    if symbol is not None and symbol.dimension != expected:
        found = symbol.dimension if isinstance(symbol.dimension, str) else show_dimension(symbol.dimension)
        raise UnitError(
            Code.DIMENSION,
            f"{name!r} is linked to {base!r}, which has dimension {found}",
            where=reader.scope.where,
            expected=show_dimension(expected),
        )
