"""May blocks be called so, and are their intervals times?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bouton.analysis.symbols import Scope
from bouton.errors import Code, ModelError, NameError_, UnitError, checked_name
from bouton.model.blocks import STEPS, Block, TimeStep
from bouton.units import TIME, in_seconds, show_dimension

_DEFAULT = {"pre": "on_pre", "post": "on_post", "every": "every", "reset": "reset"}
_TAKEN = frozenset(
    {*STEPS, *("start", "summed", "end", "before", "transmitted", "after"), *("axonal", "dendritic", "backprop", "none")}
)
"""Steps of the order, slots of recorders, and the projection's own delays."""


def check_block_names(blocks: Iterable[Block], scope: Scope) -> None:
    """Blocks are steps of the order, keys of delays and recorder slots: their names must be free.

    Raises NetworkError (E401, E204), NameError_ (E201, E202, E204), UnitError (E301: an interval), ModelError (E506: one that is
    not the same for all).
    """
    seen: set[str] = set()
    where = scope.where
    for block in blocks:
        checked_name(block.name, f"{where}, the name of a block")
        if block.name in _TAKEN and block.name != _DEFAULT.get(block.trigger):
            raise NameError_(
                Code.RESERVED_NAME, f"a block is called {block.name!r}, which has a meaning", where=where, expected="another name"
            )
        if block.name in seen:
            raise NameError_(
                Code.DUPLICATE_NAME, f"two blocks are called {block.name!r}", where=where, expected="a name of its own for each"
            )
        seen.add(block.name)
        if block.trigger == "every":
            check_interval(block.interval, scope, f"the interval of {block.name!r}")


def check_interval(interval: Any, scope: Scope, what: str) -> None:
    """An interval is a time, the time step, or the name of a parameter that is one time for all."""
    where = f"{scope.where}, {what}"
    if not isinstance(interval, str):
        if not isinstance(interval, TimeStep):
            in_seconds(interval, where=where)
        return
    symbol = scope.resolve(interval, None)
    if symbol.kind != "parameter" or not symbol.shared or symbol.owner != "self":
        raise ModelError(
            Code.UNSUPPORTED,
            f"{interval!r} may change, or differ between elements",
            where=where,
            expected="a parameter of one value",
        )
    if symbol.dimension != TIME:
        raise UnitError(
            Code.DIMENSION, f"{interval!r} has dimension {show_dimension(symbol.dimension)}", where=where, expected="a time"
        )
