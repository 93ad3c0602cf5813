"""Do several postsynaptic events that wait do what one does with the sum of a trace at all of them?

They do where an event adds a multiple of a decaying presynaptic trace, between fixed bounds if any: decays are positive, so
all that waits pulls the same way, and what lies within the bounds stays there until it meets the one it is pulled to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bouton.analysis.facts import ProjectionFacts
from bouton.analysis.find_integration import Exact, is_settled, per_element
from bouton.analysis.find_linear import ONE, ZERO, linear_form
from bouton.equations.nodes import Call, Expr, Statement, names
from bouton.model.blocks import Block


@dataclass(frozen=True)
class Sum:
    """What waits adds a multiple of ``trace`` to ``variable``, which lies between the settled values ``low`` and ``high``."""

    variable: str
    trace: str
    low: tuple[Expr, ...]
    high: tuple[Expr, ...]


def find_sum(facts: ProjectionFacts, post: Block, waiting: Sequence[Statement], held: Sequence[str]) -> Sum | None:
    """What statements of ``post`` that wait add up to, None if they have to be carried out event by event."""
    if len(waiting) != 1 or len(held) != 1 or not _decays(facts, held[0]):
        return None
    (statement,), (trace,) = waiting, held
    symbol = facts.scope.symbols.get(statement.target)
    if symbol is None or symbol.equation is None or statement.op not in {"=", "+=", "-="}:
        return None
    low, high = ([] if bound is None else [bound] for bound in (symbol.equation.low, symbol.equation.high))
    value = facts.scope.expand(statement.value)
    if statement.op == "=":
        value = _inside(value, statement.target, low, high)
    form = linear_form(value, frozenset({statement.target, trace}))
    if form is None or form[1] != ZERO or form[0].get(statement.target, ZERO) != (ONE if statement.op == "=" else ZERO):
        return None
    factor = form[0].get(trace)
    local = {s.target for s in post.statements} - {*facts.scope.symbols}  # which may be called like a unit
    if factor is None or names(factor) & local or not all(_is_fixed(facts, expression) for expression in (factor, *low, *high)):
        return None
    return Sum(statement.target, trace, tuple(low), tuple(high))


def _decays(facts: ProjectionFacts, name: str) -> bool:
    """True for a trace that only decays, at one rate for all."""
    group = next((g for g in facts.integration if name in g.variables), None)
    if not (isinstance(group, Exact) and group.event_driven and not group.forcing):
        return False
    return not per_element(group.coefficients.get((name, name), ZERO), facts.scope)


def _inside(node: Expr, variable: str, low: list[Expr], high: list[Expr]) -> Expr:
    """What is clipped, where something is; its bounds are added to ``low`` and ``high``."""
    match node:
        case Call(func="clip", args=(inner, least, most)):
            low.append(least)
            high.append(most)
        case Call(func="minimum" | "min" | "maximum" | "max" as func, args=(left, right)):
            inner, bound = (left, right) if variable in names(left) else (right, left)
            (high if func.startswith("min") else low).append(bound)
        case _:
            return node
    return _inside(inner, variable, low, high)


def _is_fixed(facts: ProjectionFacts, node: Expr) -> bool:
    """True for what follows from parameters of the projection."""
    owners = {symbol.owner for name in names(node) if (symbol := facts.scope.find(name)) is not None}
    return not owners & {"pre", "post"} and is_settled(node, facts.scope)
