"""The memory through which threads give one another the spikes of a step; see `bouton.kernels.loop.send`."""

from __future__ import annotations

from typing import Any, final

from bouton.backends.arena import LINE, cleared
from bouton.backends.memory import Memory
from bouton.plan.plan import Merge, Plan

STAMP = 2
"""Numbers of four bytes that a letter begins with."""
APART = 2 * LINE
"""Letters begin at multiples of this: processors ask for lines of memory in pairs."""


@final
class Letters:
    """Two letters of each thread, with room for a step in which all neurons spike."""

    def __init__(self, plan: Plan, memory: Memory) -> None:
        numbers = STAMP + sum(1 + _width(merge, memory) * (1 + words_of_weight(merge)) for merge in plan.merges)
        self.length = -(-4 * numbers // APART) * APART
        """Bytes of a letter."""
        self._letters: Any = cleared(2 * plan.parts * self.length // 8, "i8")
        self.address = int(self._letters.ctypes.data)

    def clear(self) -> None:
        """Take the stamps off: steps begin anew, maybe at one that had been reached before."""
        self._letters[:: self.length // 8] = 0


def _width(merge: Merge, memory: Memory) -> int:
    return int(memory.view(merge.ring["width"].key)[0])


def words_of_weight(merge: Merge) -> int:
    """Numbers of four bytes that the weight of a spike takes."""
    return merge.ring["weights"].item_bytes // 4 if "weights" in merge.ring else 0
