"""Compiled programs."""

from __future__ import annotations

from typing import Any, final

from bouton.backends.memory import Memory, Taps
from bouton.backends.numba_cpu.emit import ARENA_ARGS, emit
from bouton.backends.numba_cpu.kernel_file import load
from bouton.backends.program import AbstractProgram
from bouton.plan.nodes import Plan


@final
class NumbaProgram(AbstractProgram):
    """A plan printed as Python and compiled by Numba."""

    def __init__(self, plan: Plan) -> None:
        kernels, loop = emit(plan)
        self._sources = {m.function: m.text for m in (*kernels, loop)}
        self._advance: Any = load(kernels, loop)

    @property
    def sources(self) -> dict[str, str]:
        """See `AbstractProgram.sources`."""
        return dict(self._sources)

    def run(self, first: int, stop: int, dt: float, memory: Memory, taps: Taps) -> int:
        """See `AbstractProgram.run`."""
        arenas = [memory.offsets if name == "offsets" else memory.arenas[name] for name in ARENA_ARGS]
        return int(self._advance(first, stop, dt, *arenas, *taps.arrays()))
