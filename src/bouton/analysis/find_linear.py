"""Is an expression linear in some names, and with which coefficients?

Works on the structure of the tree: sums, products and quotients in which at most one factor holds the
names. Terms that would only cancel after algebra count as not linear.
"""

from __future__ import annotations

from collections.abc import Callable

from bouton.equations.nodes import Binary, Expr, Name, Num, Unary, names

ONE, ZERO = Num(1.0), Num(0.0)
Linear = tuple[dict[str, Expr], Expr]


def linear_form(node: Expr, variables: frozenset[str]) -> Linear | None:
    """``({x: coefficient}, rest)`` with node = Σ coefficient·x + rest, or None if it is not linear.

    Coefficients and rest are free of ``variables``.
    """
    if not names(node) & variables:
        return {}, node
    match node:
        case Name(id=name):
            return {name: ONE}, ZERO
        case Unary(op="-", operand=operand):
            return _map(linear_form(operand, variables), negate)
        case Binary(op="+" | "-" as op, left=left, right=right):
            return _sum(linear_form(left, variables), linear_form(right, variables), op)
        case Binary(op="*", left=left, right=right) if not names(left) & variables:
            return _map(linear_form(right, variables), lambda c: times(left, c))
        case Binary(op="*", left=left, right=right) if not names(right) & variables:
            return _map(linear_form(left, variables), lambda c: times(c, right))
        case Binary(op="/", left=left, right=right) if not names(right) & variables:
            return _map(linear_form(left, variables), lambda c: divide(c, right))
    return None


def times(left: Expr, right: Expr) -> Expr:
    """A product, without factors of one and zero."""
    if ZERO in (left, right):
        return ZERO
    if left == ONE:
        return right
    if right == ONE:
        return left
    return Binary("*", left, right)


def divide(left: Expr, right: Expr) -> Expr:
    """A quotient; zero stays zero."""
    return ZERO if left == ZERO else left if right == ONE else Binary("/", left, right)


def negate(node: Expr) -> Expr:
    """Minus an expression."""
    if isinstance(node, Num):
        return node if node == ZERO else Num(-node.value)
    return node.operand if isinstance(node, Unary) and node.op == "-" else Unary("-", node)


def add(left: Expr, right: Expr, op: str = "+") -> Expr:
    """A sum or difference, without zeros."""
    if right == ZERO:
        return left
    if left == ZERO:
        return right if op == "+" else negate(right)
    return Binary(op, left, right)


def _map(form: Linear | None, change: Callable[[Expr], Expr]) -> Linear | None:
    if form is None:
        return None
    return {name: change(c) for name, c in form[0].items()}, change(form[1])


def _sum(left: Linear | None, right: Linear | None, op: str) -> Linear | None:
    if left is None or right is None:
        return None
    coefficients = dict(left[0])
    for name, coefficient in right[0].items():
        coefficients[name] = add(coefficients.get(name, ZERO), coefficient, op)
    return coefficients, add(left[1], right[1], op)
