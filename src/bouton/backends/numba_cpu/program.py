"""Compiled programs."""

from __future__ import annotations

from typing import Any, final

from bouton.backends.memory import Memory, Taps
from bouton.backends.numba_cpu.emit import emit
from bouton.backends.numba_cpu.kernel_file import load
from bouton.backends.program import AbstractProgram
from bouton.plan.nodes import Plan


@final
class NumbaProgram(AbstractProgram):
    """A plan printed as Python and compiled by Numba."""

    def __init__(self, plan: Plan) -> None:
        printed = emit(plan)
        self._sources = {m.function: m.text for m in (*printed.kernels, printed.loop)}
        self._slots = printed.arguments
        self._advance: Any = load(printed.kernels, printed.loop)

    @property
    def sources(self) -> dict[str, str]:
        """See `AbstractProgram.sources`."""
        return dict(self._sources)

    def run(self, first: int, stop: int, dt: float, memory: Memory, taps: Taps) -> int:
        """See `AbstractProgram.run`."""
        arenas = (memory.arenas[name] for name in ("state_f8", "state_i4", "log_i4"))
        slots = (memory.view(s.key) if array else memory.view(s.key)[0] for s, array in self._slots)
        return int(self._advance(first, stop, dt, *arenas, *taps.arrays(), *slots))
