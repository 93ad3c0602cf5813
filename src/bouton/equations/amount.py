"""Numbers with units, written as ``20*ms``, ``20 ms`` or ``5 mV/ms``: read by the language's parser, never run as Python."""

from __future__ import annotations

import operator
import re
from typing import Any

from bouton.equations.nodes import Binary, Expr, Name, Num, Unary
from bouton.equations.parse import parse_expression
from bouton.errors import Code, EquationError, NameError_, NetworkError, UnitError, nearest
from bouton.units import QUANTITY_TYPE, dimension_of, parse_unit, registry, show_dimension, unit_factor

UNIT = r"[A-Za-zµμΩ](?:[\w\s/().]|\*\*\s*-|\*)*"
_AMOUNT = re.compile(rf"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s+({UNIT})")
_OPERATORS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "**": operator.pow}
_COMMON = ("s", "ms", "us", "Hz", "kHz", "V", "mV", "uV", "A", "nA", "pA", "nS", "uS", "pF", "nF", "Mohm")


def read_amount(text: str, where: str) -> Any:
    """One number, or a quantity in the unit that was written.

    Raises EquationError (E101, E102), NameError_ (E201 unknown unit), UnitError (E301), NetworkError (E401: no value).
    """
    amount = _AMOUNT.fullmatch(text)
    node = parse_expression(f"{amount[1]}*({amount[2]})" if amount else text, where)
    try:
        return _evaluate(node)
    except (ArithmeticError, TypeError) as error:
        raise NetworkError(Code.BAD_VALUE, f"{text!r} has no value ({error})", where=where) from None


def _evaluate(node: Expr) -> Any:
    """A number or quantity. Only what is matched here is done."""
    match node:
        case Num(value=value):
            return value
        case Name(id=name):
            if unit_factor(name) is None:
                raise NameError_(
                    Code.UNDEFINED_NAME,
                    f"{name!r} is not a unit",
                    span=node.span,
                    expected="a number with its unit, as in 20*ms",
                    hint=nearest(name, _COMMON),
                )
            return registry.Quantity(1.0, parse_unit(name))
        case Unary(op="-", operand=operand):
            return -_evaluate(operand)
        case Binary(op=op, left=left, right=right):
            a, b = _evaluate(left), _evaluate(right)
            of_a, of_b = dimension_of(a), dimension_of(b)
            if (op in "+-" and of_a != of_b) or (op == "**" and isinstance(b, QUANTITY_TYPE)):
                reason = f"{show_dimension(of_a)} {op} {show_dimension(of_b)} has no meaning"
                raise UnitError(Code.DIMENSION, reason, span=node.span)
            return _OPERATORS[op](a, b)
    raise EquationError(
        Code.FORBIDDEN_SYNTAX,
        "a setting is a number with a unit",
        span=node.span,
        expected="numbers, units and + - * / **, as in 20*ms or 5 mV/ms",
    )
