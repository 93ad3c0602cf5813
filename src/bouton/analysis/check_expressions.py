"""Do sub-expressions end somewhere? Not in a circle, and not in more than can be written out."""

from __future__ import annotations

from bouton.analysis.symbols import Scope, Symbol
from bouton.equations.nodes import Expr, Name, Past, children
from bouton.errors import Code, ModelError

MAX_NODES = 5_000
MAX_CHAIN = 40
MAX_DEPTH = 150
"""A sub-expression is written out where it is read: of a few that each read the one before twice, a text of thousands."""

_Size = tuple[int, int, int]  # nodes, depth, sub-expressions within sub-expressions
_Known = dict[tuple[int, str], _Size]


def check_sub_expressions(scope: Scope) -> None:
    """Raises ModelError: E205 (a circle), E106 (too large when written out)."""
    known: _Known = {}
    for symbol in scope.symbols.values():
        if symbol.kind == "expression":
            _measure(symbol, scope, (), known)


def _measure(symbol: Symbol, scope: Scope, path: tuple[str, ...], known: _Known) -> _Size:
    key = (id(scope), symbol.base)
    if key in known:
        return known[key]
    assert symbol.equation is not None
    assert symbol.equation.value is not None
    if symbol.name in path:
        circle = " → ".join((*path[path.index(symbol.name) :], symbol.name))
        raise ModelError(
            Code.CIRCULAR,
            f"sub-expressions define each other in a circle: {circle}",
            where=scope.where,
            span=symbol.equation.span,
            expected="at least one that does not need the others",
        )
    size = (0, 0, len(path) + 1)
    if len(path) < MAX_CHAIN:
        size = _written_out(symbol.equation.value, scope, (*path, symbol.name), known)
    if size[0] > MAX_NODES or size[1] > MAX_DEPTH or size[2] >= MAX_CHAIN:
        raise ModelError(
            Code.TOO_LARGE,
            f"{symbol.name!r} is too large when the sub-expressions it reads are written out",
            where=scope.where,
            span=symbol.equation.span,
            expected=f"at most {MAX_NODES} parts, {MAX_DEPTH} deep, through fewer than {MAX_CHAIN} sub-expressions",
            hint="a variable that an every= block computes",
        )
    known[key] = size
    return size


def _written_out(node: Expr, scope: Scope, path: tuple[str, ...], known: _Known) -> _Size:
    if isinstance(node, (Name, Past)):
        symbol = scope.find(node.id if isinstance(node, Name) else node.name)
        if symbol is None or symbol.kind != "expression":
            return 1, 1, 0
        home = {"pre": scope.pre, "post": scope.post}.get(symbol.owner, scope)
        assert home is not None
        nodes, depth, chain = _measure(symbol, home, path, known)
        return nodes, depth, chain + 1
    sizes = [_written_out(child, scope, path, known) for child in children(node)]
    return (
        1 + sum(nodes for nodes, _, _ in sizes),
        1 + max((depth for _, depth, _ in sizes), default=0),
        max((chain for _, _, chain in sizes), default=0),
    )
