"""The value of settled expressions: numbers, or one for each element."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from bouton.equations.functions import FUNCTIONS
from bouton.equations.nodes import Binary, Call, Compare, Expr, Logic, Name, Num, Unary, walk

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


def evaluate(node: Expr, value_of: Callable[[str], Value], draw: Callable[[Call, int], Value] | None = None) -> Value:
    """The value of an expression in which ``value_of`` gives that of each name.

    ``draw`` gives what a call draws at random, and is told how many others stand before it in the text.
    """
    with np.errstate(all="ignore"):  # kernels do not warn either
        return _evaluate(node, value_of, _drawn(node, draw))


def _drawn(node: Expr, draw: Callable[[Call, int], Value] | None) -> dict[int, Value]:
    """What calls in an expression draw, by the identity of their nodes."""
    if draw is not None:
        sites = itertools.count()
        return {
            id(each): draw(each, next(sites)) for each in walk(node) if isinstance(each, Call) and FUNCTIONS[each.func].random
        }
    return {}


def _evaluate(node: Expr, value_of: Callable[[str], Value], drawn: dict[int, Value]) -> Value:
    if id(node) in drawn:
        return drawn[id(node)]
    match node:
        case Num(value=value):
            return float(value)
        case Name(id="pi"):
            return math.pi
        case Name(id=name):
            return value_of(name)
        case Unary(op="-", operand=operand):
            return -_evaluate(operand, value_of, drawn)
        case Unary(operand=operand):
            return np.logical_not(_evaluate(operand, value_of, drawn))
        case Binary(op=op, left=left, right=right) | Compare(op=op, left=left, right=right):
            return _OPERATORS[op](_evaluate(left, value_of, drawn), _evaluate(right, value_of, drawn))
        case Logic(op=op, operands=operands):
            join = np.logical_and if op == "and" else np.logical_or
            return functools.reduce(join, [_evaluate(o, value_of, drawn) for o in operands])
        case Call(func="min" | "minimum", args=args):
            return functools.reduce(np.minimum, [_evaluate(a, value_of, drawn) for a in args])
        case Call(func="max" | "maximum", args=args):
            return functools.reduce(np.maximum, [_evaluate(a, value_of, drawn) for a in args])
        case Call(func=func, args=args):
            return _FUNCTIONS[func](*(_evaluate(a, value_of, drawn) for a in args))
    raise AssertionError(f"not settled: {node!r}")
