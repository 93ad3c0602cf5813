"""The value of settled expressions: numbers, or one for each element."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from bouton.equations.nodes import Binary, Call, Compare, Expr, Logic, Name, Num, Unary

Value = Any  # float or array of shape (n,)

_FUNCTIONS: dict[str, Callable[..., Value]] = {
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "sin": np.sin,
    "cos": np.cos,
    "tanh": np.tanh,
    "abs": np.abs,
    "floor": np.floor,
    "sign": np.sign,
    "heaviside": lambda x: np.heaviside(x, 0.0),
    "clip": np.clip,
    "where": np.where,
}
_OPERATORS: dict[str, Callable[[Value, Value], Value]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": np.divide,
    "**": np.power,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
    "!=": np.not_equal,
}


def evaluate(node: Expr, value_of: Callable[[str], Value]) -> Value:
    """The value of an expression in which ``value_of`` gives that of each name."""
    match node:
        case Num(value=value):
            return float(value)
        case Name(id="pi"):
            return math.pi
        case Name(id=name):
            return value_of(name)
        case Unary(op="-", operand=operand):
            return -evaluate(operand, value_of)
        case Unary(operand=operand):
            return np.logical_not(evaluate(operand, value_of))
        case Binary(op=op, left=left, right=right) | Compare(op=op, left=left, right=right):
            return _OPERATORS[op](evaluate(left, value_of), evaluate(right, value_of))
        case Logic(op=op, operands=operands):
            join = np.logical_and if op == "and" else np.logical_or
            return join.reduce([evaluate(o, value_of) for o in operands])
        case Call(func="min" | "minimum", args=args):
            return np.minimum.reduce([evaluate(a, value_of) for a in args])
        case Call(func="max" | "maximum", args=args):
            return np.maximum.reduce([evaluate(a, value_of) for a in args])
        case Call(func=func, args=args):
            return _FUNCTIONS[func](*(evaluate(a, value_of) for a in args))
    raise AssertionError(f"not settled: {node!r}")
