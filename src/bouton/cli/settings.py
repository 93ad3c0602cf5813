"""What ``--set key=value`` says: numbers with units, read by the parser of the language and never evaluated as Python."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Iterable
from typing import Any

from bouton.equations.nodes import Binary, Expr, Name, Num, Unary
from bouton.equations.parse import parse_expression
from bouton.errors import Code, EquationError, NameError_, NetworkError, UnitError, nearest
from bouton.experiments import Experiment
from bouton.units import QUANTITY_TYPE, dimension_of, in_base, parse_unit, registry, show_dimension, unit_factor

_AMOUNT = re.compile(r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s+([A-Za-zµμΩ](?:[\w\s/().]|\*\*\s*-|\*)*)")
_OPERATORS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "**": operator.pow}


def read_settings(given: Iterable[str], experiment: Experiment) -> dict[str, Any]:
    """Settings of an experiment from texts ``key=value``.

    Raises EquationError (E101, E102), NameError_ (E201 unknown unit, E202 given twice), SimulationError (E206 unknown
    setting), UnitError (E301) and NetworkError (E401: not finite, or a fraction where a whole number belongs).
    """
    settings: dict[str, Any] = {}
    for text in given:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not (name and equals and value):
            raise EquationError(Code.SYNTAX, f"{text!r} is not a setting", where="--set", expected="key=value, as in tau=20*ms")
        if name in settings:
            raise NameError_(Code.DUPLICATE_NAME, f"{name!r} is set twice", where="--set")
        default = experiment.complete({name: None}) and experiment.settings[name]
        settings[name] = read_value(value, default, f"--set {name}")
    return settings


def read_value(text: str, default: Any, where: str) -> Any:
    """The value written as ``20*ms``, ``20 ms`` or ``20``, of the kind and dimension of ``default``."""
    amount = _AMOUNT.fullmatch(text)
    node = parse_expression(f"{amount[1]}*({amount[2]})" if amount else text, where)
    try:
        value = _value(node, where)
        base = in_base(value, dimension_of(default), where=where)
    except (ArithmeticError, TypeError) as error:
        raise NetworkError(Code.BAD_VALUE, f"{text!r} has no value ({error})", where=where) from None
    if not (isinstance(base, float) and math.isfinite(base)):
        raise NetworkError(Code.BAD_VALUE, f"{text!r} is not a finite number", where=where, expected="a finite number")
    if isinstance(default, QUANTITY_TYPE):
        return value if isinstance(value, QUANTITY_TYPE) else registry.Quantity(value, getattr(default, "units", None))
    if isinstance(default, int):
        if not base.is_integer():
            raise NetworkError(Code.BAD_VALUE, f"{text!r} is not whole", where=where, expected="a whole number")
        return type(default)(base)
    return base


def _value(node: Expr, where: str) -> Any:
    """A number or quantity. Only what is matched here is done."""
    match node:
        case Num(value=value):
            return value
        case Name(id=name):
            if unit_factor(name) is None:
                known = ("s", "ms", "us", "Hz", "kHz", "V", "mV", "uV", "A", "nA", "pA", "nS", "uS", "pF", "nF", "MOhm")
                raise NameError_(
                    Code.UNDEFINED_NAME,
                    f"{name!r} is not a unit",
                    where=where,
                    span=node.span,
                    expected="a number with its unit, as in 20*ms",
                    hint=nearest(name, known),
                )
            return registry.Quantity(1.0, parse_unit(name))
        case Unary(op="-", operand=operand):
            return -_value(operand, where)
        case Binary(op=op, left=left, right=right):
            a, b = _value(left, where), _value(right, where)
            of_a, of_b = dimension_of(a), dimension_of(b)
            if (op in "+-" and of_a != of_b) or (op == "**" and isinstance(b, QUANTITY_TYPE)):
                raise UnitError(
                    Code.DIMENSION,
                    f"{show_dimension(of_a)} {op} {show_dimension(of_b)} has no meaning",
                    where=where,
                    span=node.span,
                )
            return _OPERATORS[op](a, b)
    raise EquationError(
        Code.FORBIDDEN_SYNTAX,
        "a setting is a number with a unit",
        where=where,
        span=node.span,
        expected="numbers, units and + - * / **, as in 20*ms or 5 mV/ms",
    )


