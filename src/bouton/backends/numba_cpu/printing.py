"""Expressions and statements of a plan as Python."""

from __future__ import annotations

import math
from collections.abc import Iterator

from bouton.equations.nodes import Binary, Compare, Expr, Item, Logic, Name, Num, Unary, walk
from bouton.equations.nodes import Call as Apply
from bouton.plan.nodes import STEP, For, If, Let, Log, Statement, Store

_MATH = frozenset({"exp", "expm1", "log", "sqrt", "sin", "cos", "tanh"})
_CHEAP = frozenset({"minimum", "maximum", "clip", "where", "single", "double", "int32"})
DRAWN_BY = {"uniform": "uniform", "normal": "normal", "binomial_draw": "binomial", "poisson_draw": "poisson"}
_PRECEDENCE: dict[str, float] = {"or": 1, "and": 2, "+": 5, "-": 5, "*": 6, "/": 6, "//": 6, "&": 4.5, ">>": 4.7, "**": 8}


def show(node: Expr, outer: float = 0) -> str:
    """An expression as Python."""
    match node:
        case Num(value=value):
            return _number(value)
        case Name(id=name):
            return name
        case Item(array=array, index=index):
            return f"{array}[{show(index)}]"
        case Unary(op="-", operand=operand):
            return _bracket(f"-{show(operand, 7)}", 7, outer)
        case Unary(operand=operand):
            return _bracket(f"not {show(operand, 4)}", 3, outer)
        case Binary(op="**", left=left, right=right):
            return f"math.pow({show(left)}, {show(right)})"
        case Binary(op=op, left=left, right=right):
            level = _PRECEDENCE[op]
            return _bracket(f"{show(left, level)} {op} {show(right, level + 1)}", level, outer)
        case Compare(op=op, left=left, right=right):
            return _bracket(f"{show(left, 5)} {op} {show(right, 5)}", 4, outer)
        case Logic(op=op, operands=operands):
            level = _PRECEDENCE[op]
            return _bracket(f" {op} ".join(show(o, level + 1) for o in operands), level, outer)
        case Apply(func="where", args=(condition, yes, no)) if _is_cheap(yes) and _is_cheap(no):
            return f"chosen({without_branches(condition)}, {show(yes)}, {show(no)})"
        case Apply(func="where", args=(condition, yes, no)):
            return f"({show(yes, 1)} if {show(condition, 1)} else {show(no, 1)})"
        case Apply(func="as_stored", args=(value,)):
            return show(value, outer)
        case Apply(func=func, args=args):
            name = f"math.{func}" if func in _MATH else DRAWN_BY.get(func, func)
            return f"{name}({', '.join(show(a) for a in args)})"
    raise AssertionError(f"not part of a plan: {node!r}")


def _is_cheap(node: Expr) -> bool:
    """True for what may as well be evaluated where it is not needed: then nothing keeps a loop from being vectorised."""
    return not any(
        (isinstance(each, Apply) and each.func not in _CHEAP) or (isinstance(each, Binary) and each.op == "**")
        for each in walk(node)
    )


def without_branches(condition: Expr) -> str:
    """A condition all parts of which are evaluated."""
    if isinstance(condition, Logic):
        sign = " & " if condition.op == "and" else " | "
        return sign.join(f"({without_branches(operand)})" for operand in condition.operands)
    return show(condition)


def _number(value: float) -> str:
    if isinstance(value, int):
        return repr(value)
    if math.isnan(value):
        return "math.nan"
    return repr(value) if math.isfinite(value) else ("math.inf" if value > 0 else "-math.inf")


def _bracket(text: str, level: float, outer: float) -> str:
    return f"({text})" if level < outer else text


def printed(statements: tuple[Statement, ...]) -> list[str]:
    """The lines of a body, which is not empty."""
    return [line for s in statements for line in statement_lines(s)] or ["pass"]


def indent(lines: Iterator[str] | list[str]) -> list[str]:
    """Lines one level further in."""
    return [f"    {line}" for line in lines]


def statement_lines(statement: Statement) -> Iterator[str]:
    """The lines of a statement."""
    match statement:
        case Let(name=name, value=value, origin=origin):
            yield _with_origin(f"{name} = {show(value)}", origin)
        case Store(array=array, index=index, op=op, value=value, origin=origin):
            yield _with_origin(f"{array}[{show(index)}] {op} {show(value)}", origin)
        case If(condition=condition, body=body):
            yield f"if {show(condition)}:"
            for inner in body:
                yield from indent(statement_lines(inner))
        case For(name=name, begin=begin, end=end, body=body):
            yield f"for {name} in range({show(begin)}, {show(end)}):"
            for inner in body:
                yield from indent(statement_lines(inner))
        case Log(name=name, value=value):
            yield f"entry = {name}_count[0]"
            yield f"{name}_steps[entry] = {STEP}"
            yield f"{name}_synapses[entry] = j"
            yield f"{name}_values[entry] = {show(value)}"
            yield f"{name}_count[0] = entry + 1"


def _with_origin(text: str, origin: str) -> str:
    return f"{text}  # {origin}" if origin else text
