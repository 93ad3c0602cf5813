"""May noise and random draws stand where they are written?

``xi`` is the noise of differential equations: it has no value at an instant. ``rand()`` and its like are drawn at an
instant: in blocks, thresholds, regular blocks and rates. Sub-expressions may hold either, and are followed.
"""

from __future__ import annotations

from collections.abc import Callable

from bouton.analysis.symbols import Scope
from bouton.equations.functions import FUNCTIONS
from bouton.equations.nodes import Call, Expr, Name, Past, walk
from bouton.errors import Code, ModelError


def check_no_noise(expression: Expr, scope: Scope, what: str) -> None:
    """Raises ModelError (E506) if ``xi`` is read, here or in a sub-expression."""
    node = _culprit(expression, scope, _is_noise)
    if node is not None:
        raise ModelError(
            Code.UNSUPPORTED,
            f"{what} reads noise",
            where=scope.where,
            span=node.span,
            expected="noise in differential equations only, where it has a meaning",
            hint="randn(), a normal number drawn each time",
        )


def check_no_draws(expression: Expr, scope: Scope, what: str) -> None:
    """Raises ModelError (E506) if a random number is drawn, here or in a sub-expression."""
    node = _culprit(expression, scope, _is_draw)
    if node is not None:
        raise ModelError(
            Code.UNSUPPORTED,
            f"{what} draws a random number",
            where=scope.where,
            span=node.span,
            expected="rand, randn, binomial and poisson in blocks, thresholds and every=",
            hint="xi for noise in a differential equation; for anything else a variable that an every= block draws",
        )


def _is_noise(node: Expr, scope: Scope) -> bool:
    symbol = scope.find(node.id) if isinstance(node, Name) else None
    return symbol is not None and symbol.kind == "noise"


def _is_draw(node: Expr, scope: Scope) -> bool:
    return isinstance(node, Call) and FUNCTIONS[node.func].random


def _culprit(expression: Expr, scope: Scope, wanted: Callable[[Expr, Scope], bool]) -> Expr | None:
    """The part of the expression that is wanted, or that stands for a sub-expression which holds one."""
    for node in walk(expression):
        if wanted(node, scope):
            return node
        symbol = scope.find(node.id if isinstance(node, Name) else node.name) if isinstance(node, (Name, Past)) else None
        if symbol is None or symbol.kind != "expression":
            continue
        home = {"pre": scope.pre, "post": scope.post}.get(symbol.owner, scope)
        if home is None or symbol.equation is None or symbol.equation.value is None:
            continue
        if _culprit(symbol.equation.value, home, wanted) is not None:
            return node
    return None
