"""Can the conditions under which synapses appear and go be asked, and is everything known that a new synapse begins with?"""

from __future__ import annotations

from typing import Any

from bouton.analysis.check_blocks import check_interval
from bouton.analysis.check_random import check_no_noise
from bouton.analysis.check_units import check_expression
from bouton.analysis.find_places import is_one_value
from bouton.analysis.symbols import BOOLEAN, Scope
from bouton.equations.functions import FUNCTIONS
from bouton.equations.nodes import Call, Expr, Name, Past, walk
from bouton.errors import Code, ModelError, NameError_, NetworkError, UnitError, nearest, one_of
from bouton.model.structure import Condition
from bouton.network.projection import Projection
from bouton.units import DIMENSIONLESS, show_dimension

DRAWS = ("rand", "randn")
"""What conditions may draw."""


def check_structure(projection: Projection, scope: Scope, pre: Scope, post: Scope) -> None:
    """Check the conditions of a projection, and its `Matching`.

    Raises ModelError (E506: what cannot be asked), NetworkError (E401, E404: what differs between synapses that are to be
    made), UnitError (E301, E303), NameError_ (E201, E206).
    """
    changes = projection.structure is not None or bool(projection.model.conditions)
    if changes and not projection.stored:
        raise ModelError(
            Code.UNSUPPORTED,
            "synapses that are not stored cannot appear or go",
            where=scope.where,
            expected="stored=True, or a model without create and prune",
        )
    for condition in projection.model.conditions:
        _check_condition(condition, scope)
    if projection.structure is not None:
        check_interval(projection.structure.interval, scope, "the interval of the Matching")
        for side, name, of in (("pre", projection.structure.pre, pre), ("post", projection.structure.post, post)):
            _check_elements(name, of, f"Matching, {side}")
    if projection.grows:
        _check_beginning(projection, scope)


def _check_condition(condition: Condition, scope: Scope) -> None:
    what = f"the condition {condition.kind}="
    check_expression(condition.expression, scope, BOOLEAN, what)
    check_no_noise(condition.expression, scope, what)
    check_interval(condition.interval, scope, f"the interval of {condition.kind}=")
    for node in walk(condition.expression):
        if (why := _unfit(node, condition, scope)) is not None:
            raise ModelError(
                Code.UNSUPPORTED,
                f"{what} {why}",
                where=scope.where,
                span=node.span,
                expected="variables and parameters of neurons, parameters, t, rand() and randn()"
                + (", and what the synapse has" if condition.kind == "prune" else ""),
            )


def _unfit(node: Expr, condition: Condition, scope: Scope) -> str | None:
    """Why a part of a condition cannot be asked between steps."""
    if isinstance(node, Name) and condition.kind == "create" and scope.pre is not None:
        symbol = scope.find(node.id)
        own = symbol is not None and symbol.owner == "self" and symbol.kind != "expression"
        if symbol is not None and own and (symbol.kind != "parameter" or not symbol.shared):
            return f"reads {node.id!r} of a synapse that is not there yet"
    if isinstance(node, Call) and FUNCTIONS[node.func].random and node.func not in DRAWS:
        return f"draws with {node.func}"
    why = _of_a_run(node, scope)
    if why is None and isinstance(node, Name) and (inner := _behind(node.id, scope)) is not None:
        return next((w for each in walk(inner[0]) if (w := _unfit(each, condition, inner[1])) is not None), None)
    return why


def _of_a_run(node: Expr, scope: Scope) -> str | None:
    """Why only a run knows the value of a node; it may be a name for what only a run knows."""
    if isinstance(node, Past):
        return "reads a past value"
    symbol = scope.find(node.id) if isinstance(node, Name) else None
    if symbol is None:
        return None
    known = symbol.kind == "known" and symbol.base not in {"t", "dt", "pi"}
    return f"reads {symbol.name!r}" if known or symbol.kind in {"linked", "timed"} else None


def _behind(name: str, scope: Scope) -> tuple[Expr, Scope] | None:
    """The text of a sub-expression and the scope in which it stands; None for another name."""
    symbol = scope.find(name)
    if symbol is None or symbol.kind != "expression" or symbol.equation is None or symbol.equation.value is None:
        return None
    inner = {"pre": scope.pre, "post": scope.post}.get(symbol.owner, scope)
    return None if inner is None else (symbol.equation.value, inner)


def _check_elements(name: str, scope: Scope, where: str) -> None:
    known = {n: s for n, s in scope.symbols.items() if s.kind in {"ode", "variable", "expression"}}
    if name not in known:
        raise NameError_(
            Code.UNKNOWN_VARIABLE,
            f"{name!r} is not a variable of the {scope.where}",
            where=where,
            expected=one_of(known),
            hint=nearest(name, known),
        )
    why = _hidden(Name(name), scope)
    if why is not None:
        raise ModelError(
            Code.UNSUPPORTED, f"{name!r} {why}", where=where, expected="what follows from variables, parameters and t alone"
        )
    if known[name].dimension != DIMENSIONLESS:
        raise UnitError(
            Code.DIMENSION,
            f"{name!r} has dimension {show_dimension(known[name].dimension)}",
            where=where,
            expected="a number of elements",
        )


def _hidden(node: Expr, scope: Scope) -> str | None:
    """Why only a run knows a value, also behind sub-expressions."""
    if (why := _of_a_run(node, scope)) is not None:
        return why
    if isinstance(node, Name) and (inner := _behind(node.id, scope)) is not None:
        return next((w for each in walk(inner[0]) if (w := _hidden(each, inner[1])) is not None), None)
    return None


def _check_beginning(projection: Projection, scope: Scope) -> None:
    """What a new synapse begins with is one value for all, or drawn; its delays are one value."""
    given: dict[str, Any] = {**projection.pattern.values(), **projection.values}
    for name, value in given.items():
        if not (is_one_value(value) or hasattr(value, "draw")):
            raise NetworkError(
                Code.BAD_VALUE,
                f"{name!r} is given for each synapse, but synapses are made while it runs",
                where=scope.where,
                expected="one value, or a distribution that new synapses draw from, too",
            )
    for name, value in projection.all_delays.items():
        if not is_one_value(value):
            raise NetworkError(
                Code.BAD_DELAY,
                f"the {name} delay differs between synapses, which are made while it runs",
                where=scope.where,
                expected="one delay for all",
            )
