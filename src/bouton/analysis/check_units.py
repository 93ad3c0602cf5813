"""Do dimensions agree in every expression, statement and condition? And is every name defined?"""

from __future__ import annotations

from typing import Any

from bouton.analysis.symbols import BOOLEAN, Scope, Symbol
from bouton.equations.functions import FUNCTIONS
from bouton.equations.nodes import Binary, Call, Compare, Expr, Item, Logic, Name, Num, Past, Statement, Unary
from bouton.equations.show import show
from bouton.errors import Code, ModelError, UnitError
from bouton.units import DIMENSIONLESS, TIME, show_dimension

ANY = "any dimension"
"""The dimension of a literal 0, which agrees with every other."""


_KINDS = {
    "parameter": "a parameter",
    "constant": "constant",
    "timed": "a given function of time",
    "expression": "a sub-expression",
    "known": "known at any time",
    "unit": "a unit",
    "noise": "noise",
    "local": "local to its block",
}


def check_expression(expression: Expr, scope: Scope, expected: Any, what: str, hint: str | None = None) -> None:
    """The expression must have the expected dimension (or be a condition); ``hint`` for when a time is missing in it.

    Raises NameError_ (E201) for unknown names, UnitError (E301 dimensions, E303 conditions) pointing at
    the sub-expression at fault.
    """
    found = dimension(expression, scope)
    if not _agree(found, expected):
        code = Code.NOT_BOOLEAN if BOOLEAN in (found, expected) else Code.DIMENSION
        raise UnitError(
            code,
            f"{what} is a condition" if found == BOOLEAN else f"{what} has dimension {_show(found)}",
            where=scope.where,
            span=expression.span,
            expected=_show(expected),
            hint="where(condition, 1, 0)" if found == BOOLEAN else hint if _lacks_time(found, expected) else None,
        )


def check_statement(statement: Statement, target: Symbol, scope: Scope) -> None:
    """A statement must leave its target's dimension as it is. Raises as `check_expression`."""
    if statement.op in {"*=", "/="}:
        check_expression(statement.value, scope, DIMENSIONLESS, f"the factor of {statement.target!r}")
    else:
        check_expression(statement.value, scope, target.dimension, f"what {statement.target!r} is given")


def dimension(node: Expr, scope: Scope) -> Any:
    """The dimension of an expression (`BOOLEAN` for conditions). Raises as `check_expression`."""
    match node:
        case Num(value=value):
            return ANY if value == 0.0 else DIMENSIONLESS
        case Name(id=name):
            return scope.resolve(name, node.span).dimension
        case Past():
            return _past(node, scope)
        case Unary(op="not", operand=operand):
            check_expression(operand, scope, BOOLEAN, "the operand of 'not'")
            return BOOLEAN
        case Unary(operand=operand):
            return _number(operand, scope)
        case Logic(operands=operands):
            for operand in operands:
                check_expression(operand, scope, BOOLEAN, f"an operand of {node.op!r}")
            return BOOLEAN
        case Compare(left=left, right=right):
            _same((left, right), scope, node)
            return BOOLEAN
        case Binary():
            return _binary(node, scope)
        case Call():
            return _call(node, scope)
        case Item():
            raise AssertionError("plans are not checked for units")


def _agree(one: Any, other: Any) -> bool:
    if ANY in (one, other):
        return BOOLEAN not in (one, other)
    return bool(one == other)


def _lacks_time(found: Any, expected: Any) -> bool:
    return not isinstance(found, str) and not isinstance(expected, str) and bool(found == expected * TIME)


def _show(found: Any) -> str:
    return found if isinstance(found, str) else show_dimension(found)


def _number(node: Expr, scope: Scope) -> Any:
    found = dimension(node, scope)
    if found == BOOLEAN:
        raise UnitError(
            Code.NOT_BOOLEAN,
            f"{show(node)!r} is a condition, not a number",
            where=scope.where,
            span=node.span,
            expected="a number",
            hint="where(condition, 1, 0)",
        )
    return found


def _same(nodes: tuple[Expr, ...], scope: Scope, parent: Expr) -> Any:
    """All must agree; the first dimension that is not ANY."""
    result = _number(nodes[0], scope)
    for node in nodes[1:]:
        found = _number(node, scope)
        if not _agree(result, found):
            raise UnitError(
                Code.DIMENSION,
                f"{show(nodes[0])!r} has dimension {_show(result)} and {show(node)!r} has {_show(found)}",
                where=scope.where,
                span=parent.span,
                expected="equal dimensions",
            )
        result = found if result == ANY else result
    return result


def _binary(node: Binary, scope: Scope) -> Any:
    if node.op in {"+", "-"}:
        return _same((node.left, node.right), scope, node)
    left, right = _number(node.left, scope), _number(node.right, scope)
    if node.op == "**":
        if not _agree(right, DIMENSIONLESS):
            raise UnitError(
                Code.DIMENSION, "the exponent has a unit", where=scope.where, span=node.right.span, expected="a number"
            )
        if left in (DIMENSIONLESS, ANY):
            return left
        exponent = _literal(node.right)
        if exponent is None:
            raise UnitError(
                Code.DIMENSION,
                f"{show(node.left)!r} has dimension {_show(left)} and an exponent that is not a plain number",
                where=scope.where,
                span=node.span,
                expected="a number as exponent",
            )
        return left**exponent
    if left == ANY and right == ANY:
        return ANY
    left, right = (DIMENSIONLESS if side == ANY else side for side in (left, right))  # 0*mV is a voltage
    return left * right if node.op == "*" else left / right


def _literal(node: Expr) -> float | None:
    match node:
        case Num(value=value):
            return value
        case Unary(op="-", operand=Num(value=value)):
            return -value
        case Binary(op="/", left=Num(value=top), right=Num(value=bottom)) if bottom:
            return top / bottom
    return None


def _call(node: Call, scope: Scope) -> Any:
    rule = FUNCTIONS[node.func].rule
    if rule == "where":
        check_expression(node.args[0], scope, BOOLEAN, "the condition of 'where'")
        return _same(node.args[1:], scope, node)
    if rule == "same":
        return _same(node.args, scope, node)
    if rule == "plain":
        for argument in node.args:
            check_expression(argument, scope, DIMENSIONLESS, f"the argument of {node.func!r}")
        return DIMENSIONLESS
    inner = _number(node.args[0], scope)
    if rule == "sqrt":
        return inner if inner == ANY else inner**0.5
    return DIMENSIONLESS


def _past(node: Past, scope: Scope) -> Any:
    symbol = scope.resolve(node.name, node.span)
    if node.delay is None:
        return symbol.dimension
    check_expression(node.delay, scope, TIME, "the delay")
    if symbol.kind not in {"ode", "variable", "linked"}:
        raise ModelError(
            Code.UNSUPPORTED,
            f"{node.name!r} has no past value: it is {_KINDS.get(symbol.kind, symbol.kind)}",
            where=scope.where,
            span=node.span,
            expected="a variable with a differential equation or one that statements write",
        )
    return symbol.dimension
