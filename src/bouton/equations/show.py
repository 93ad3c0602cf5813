"""Syntax tree back to text, with no more brackets than needed."""

from __future__ import annotations

from bouton.equations.nodes import Binary, Call, Compare, Equation, Expr, Item, Logic, Name, Num, Past, Statement, Unary

_PRECEDENCE: dict[str, float] = {
    "or": 1,
    "and": 2,
    "not": 3,
    "+": 5,
    "-": 5,
    "*": 6,
    "/": 6,
    "//": 6,
    "&": 4.5,
    ">>": 4.7,
    "**": 8,
}


def show(node: Expr, outer: float = 0) -> str:
    """The expression as text that parses back to an equal tree."""
    match node:
        case Num(value=value):
            text = repr(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(value)
            return _bracket(text, 7, outer) if text.startswith("-") else text
        case Name(id=name):
            return name
        case Past(name=name, delay=None):
            return f"{name}(t)"
        case Past(name=name, delay=delay) if delay is not None:
            return f"{name}(t - {show(delay, 6)})"
        case Unary(op="-", operand=operand):
            return _bracket(f"-{show(operand, 7)}", 7, outer)
        case Unary(operand=operand):
            return _bracket(f"not {show(operand, 3)}", 3, outer)
        case Binary(op="**", left=left, right=right):
            return _bracket(f"{show(left, 9)}**{show(right, 8)}", 8, outer)
        case Binary(op=op, left=left, right=right):
            level = _PRECEDENCE[op]
            return _bracket(f"{show(left, level)} {op} {show(right, level + 1)}", level, outer)
        case Compare(op=op, left=left, right=right):
            return _bracket(f"{show(left, 5)} {op} {show(right, 5)}", 4, outer)
        case Logic(op=op, operands=operands):
            level = _PRECEDENCE[op]
            return _bracket(f" {op} ".join(show(o, level + 1) for o in operands), level, outer)
        case Call(func=func, args=args):
            return f"{func}({', '.join(show(a) for a in args)})"
        case Item(array=array, index=index):
            return f"{array}[{show(index)}]"
    raise AssertionError(f"no text for {node!r}")


def show_statement(statement: Statement) -> str:
    """A statement as text."""
    return f"{statement.target} {statement.op} {show(statement.value)}"


def show_equation(equation: Equation) -> str:
    """An equation as text."""
    left = {"ode": f"d{equation.name}/dt = ", "expression": f"{equation.name} = ", "variable": equation.name}[equation.kind]
    value = "" if equation.value is None else show(equation.value)
    flags = sorted(equation.flags)
    flags += [f"{word}={show(bound)}" for word, bound in (("min", equation.low), ("max", equation.high)) if bound is not None]
    return f"{left}{value} : {equation.unit}" + (f" ({', '.join(flags)})" if flags else "")


def _bracket(text: str, level: float, outer: float) -> str:
    return f"({text})" if level < outer else text
