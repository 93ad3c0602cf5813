"""The syntax tree: frozen values, each with the place in the text that it came from.

Spans take no part in comparison, so two texts that say the same thing are equal and hash alike.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from bouton.errors import Span


def _no_span() -> Any:
    """A field for a place in the text: by keyword, None if unknown, and no part of comparisons."""
    return field(default=None, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Num:
    """A number."""

    value: float
    span: Span | None = _no_span()


@dataclass(frozen=True, slots=True)
class Name:
    """A variable, parameter, unit or known name."""

    id: str
    span: Span | None = _no_span()


@dataclass(frozen=True, slots=True)
class Past:
    """``x(t - delay)``, the end-of-step value that long ago; ``x(t)`` has no delay."""

    name: str
    delay: Expr | None
    span: Span | None = _no_span()


@dataclass(frozen=True, slots=True)
class Unary:
    """``-a`` or ``not a``."""

    op: str
    operand: Expr
    span: Span | None = _no_span()


@dataclass(frozen=True, slots=True)
class Binary:
    """``a op b`` with op one of ``+ - * / **``."""

    op: str
    left: Expr
    right: Expr
    span: Span | None = _no_span()


@dataclass(frozen=True, slots=True)
class Compare:
    """``a op b`` with op one of ``< <= > >= == !=``."""

    op: str
    left: Expr
    right: Expr
    span: Span | None = _no_span()


@dataclass(frozen=True, slots=True)
class Logic:
    """``a and b …`` or ``a or b …``."""

    op: str
    operands: tuple[Expr, ...]
    span: Span | None = _no_span()


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the language applied to arguments."""

    func: str
    args: tuple[Expr, ...]
    span: Span | None = _no_span()


@dataclass(frozen=True, slots=True)
class Item:
    """``array[index]``. The parser never makes one: it stands in plans, after names became places."""

    array: str
    index: Expr
    span: Span | None = _no_span()


Expr: TypeAlias = Num | Name | Past | Unary | Binary | Compare | Logic | Call | Item


@dataclass(frozen=True, slots=True)
class Statement:
    """``target op value`` with op one of ``= += -= *= /=``."""

    target: str
    op: str
    value: Expr
    span: Span | None = _no_span()
    target_span: Span | None = _no_span()


@dataclass(frozen=True, slots=True)
class Equation:
    """One line of equations.

    ``kind`` is ``"ode"`` (``dx/dt = value``), ``"expression"`` (``x = value``) or ``"variable"``
    (``x``, with ``value`` None). ``unit`` is the text after the colon, ``low`` and ``high`` the bounds.
    """

    kind: str
    name: str
    value: Expr | None
    unit: str
    flags: frozenset[str] = frozenset()
    low: Expr | None = None
    high: Expr | None = None
    span: Span | None = _no_span()
    unit_span: Span | None = _no_span()


def children(node: Expr) -> tuple[Expr, ...]:
    """The direct sub-expressions."""
    match node:
        case Unary(operand=operand):
            return (operand,)
        case Binary(left=left, right=right) | Compare(left=left, right=right):
            return (left, right)
        case Logic(operands=operands):
            return operands
        case Call(args=args):
            return args
        case Past(delay=delay) if delay is not None:
            return (delay,)
        case Item(index=index):
            return (index,)
    return ()


def walk(node: Expr) -> Iterator[Expr]:
    """The node and all below it, parents first."""
    yield node
    for child in children(node):
        yield from walk(child)


def names(node: Expr) -> frozenset[str]:
    """All names read, those of past values without their delays included."""
    return frozenset(n.id if isinstance(n, Name) else n.name for n in walk(node) if isinstance(n, (Name, Past)))


def transform(node: Expr, replace: Callable[[Expr], Expr | None]) -> Expr:
    """A copy in which ``replace`` chose new nodes (top down; None keeps a node and visits its children)."""
    new = replace(node)
    if new is not None:
        return new
    match node:
        case Unary():
            return dataclasses.replace(node, operand=transform(node.operand, replace))
        case Binary() | Compare():
            return dataclasses.replace(node, left=transform(node.left, replace), right=transform(node.right, replace))
        case Logic():
            return dataclasses.replace(node, operands=tuple(transform(o, replace) for o in node.operands))
        case Call():
            return dataclasses.replace(node, args=tuple(transform(a, replace) for a in node.args))
        case Past() if node.delay is not None:
            return dataclasses.replace(node, delay=transform(node.delay, replace))
        case Item():
            return dataclasses.replace(node, index=transform(node.index, replace))
    return node
