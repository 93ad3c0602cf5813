"""May blocks be called so, and are their intervals times?"""

from __future__ import annotations

from collections.abc import Iterable

from bouton.errors import Code, NameError_, checked_name
from bouton.model.blocks import Block, TimeStep
from bouton.units import seconds

_DEFAULT = {"pre": "on_pre", "post": "on_post", "every": "every", "reset": "reset"}
_TAKEN = frozenset(
    {
        *("integrate", "every", "threshold", "on_pre", "on_post", "on_event", "reset"),
        *("start", "summed", "end", "before", "transmitted", "after"),
        *("axonal", "dendritic", "backprop", "none"),
    }
)
"""Steps of the order, slots of recorders, and the projection's own delays."""


def check_block_names(blocks: Iterable[Block], where: str) -> None:
    """Blocks are steps of the order, keys of delays and recorder slots: their names must be free.

    Raises NetworkError (E401, E204), NameError_ (E202, E204), UnitError (E301: an interval).
    """
    seen: set[str] = set()
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
        if block.trigger == "every" and not isinstance(block.interval, TimeStep):
            seconds(block.interval, where=f"{where}, the interval of {block.name!r}")
