"""Conditions under which synapses appear and go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bouton.equations.nodes import Expr
from bouton.equations.parse import parse_expression
from bouton.errors import Code, EquationError
from bouton.model.blocks import dt


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that is asked at an interval: of each synapse, or of each pair of neurons without one."""

    kind: str
    interval: Any
    expression: Expr


def read_condition(kind: str, given: Any, owner: str) -> Condition | None:
    """A condition from ``(interval, "…")``. Raises EquationError (E101 and others of the text)."""
    if given is None:
        return None
    if not (isinstance(given, tuple) and len(given) == 2 and isinstance(given[1], str)):
        raise EquationError(
            Code.SYNTAX,
            f"{kind}={given!r:.60}",
            where=owner,
            expected=f"a pair (interval, condition), as in {kind}=(1*second, '…')",
        )
    interval = dt if isinstance(given[0], str) and given[0] == "dt" else given[0]
    return Condition(kind, interval, parse_expression(given[1], f"{owner} {kind}"))
