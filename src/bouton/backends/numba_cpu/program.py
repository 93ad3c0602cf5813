"""Compiled programs."""

from __future__ import annotations

import ctypes
import dataclasses
from typing import Any, final

import numpy as np

from bouton.backends.memory import Memory, Taps
from bouton.backends.numba_cpu.emit import emit, loop_module
from bouton.backends.numba_cpu.kernel_file import load
from bouton.backends.numba_cpu.letters import Letters
from bouton.backends.numba_cpu.table import Label, Table, Taken, give_way
from bouton.backends.numba_cpu.workers import Workers
from bouton.backends.program import AbstractProgram, Measured
from bouton.plan.plan import Plan

METERED = 3
"""Numbers that are measured of a row of the table of a step."""
STOP = 16
SHARED = 24
"""Of the memory that threads share: where the step stands before which they stop, and how much there is."""

_ADVANCE = ctypes.CFUNCTYPE(
    ctypes.c_int64, ctypes.c_int64, ctypes.c_int64, ctypes.c_double, ctypes.c_void_p, ctypes.c_int64, ctypes.c_void_p
)


@final
class NumbaProgram(AbstractProgram):
    """A plan printed as Python and compiled by Numba. The loop over steps reads from a table what to call with what."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._printed = emit(plan)
        self._addresses = load((*self._printed.kernels, self._printed.loop))
        self._advance: Any = _ADVANCE(self._addresses[self._printed.loop.name])
        self._tables: list[Table] = []
        self._taken: Taken = frozenset()
        self._letters: Letters | None = None
        self._meter: Any = np.zeros(0, dtype=np.int64)
        self._metered: dict[tuple[str, int], tuple[Label, Any]] = {}
        self._measuring = False
        self._shared = np.zeros(SHARED, dtype=np.int64)
        self._others: Workers | None = None

    def measure(self, *, on: bool) -> None:
        """See `AbstractProgram.measure`."""
        self._measuring = on

    def measured(self) -> tuple[Measured, ...]:
        """See `AbstractProgram.measured`; of several threads it is what the first did."""
        self._read_meter()
        return tuple(Measured(phase, call, *numbers.tolist()) for (phase, call), numbers in self._metered.values() if numbers[1])

    def _read_meter(self) -> None:
        """Add what the meter shows, row by row of the table, to what was measured so far, and set it back."""
        if self._tables and len(self._meter):
            for label, numbers in zip(self._tables[0].labels, self._meter.reshape(-1, METERED), strict=True):
                phase, call = label
                before = self._metered.get((phase, id(call)), (label, 0))[1]
                self._metered[phase, id(call)] = label, before + numbers
        self._meter = np.zeros(0, dtype=np.int64)

    @property
    def sources(self) -> dict[str, str]:
        """See `AbstractProgram.sources`."""
        return {m.function: m.text for m in (*self._printed.kernels, self._printed.loop)}

    def run(self, first: int, stop: int, dt: float, memory: Memory, taps: Taps) -> int:
        """See `AbstractProgram.run`."""
        self._point_to(memory, taps)
        if self._measuring:
            if len(self._meter) == 0:
                self._meter = np.zeros(METERED * len(self._tables[0].labels), dtype=np.int64)
            taps = dataclasses.replace(taps, meter=self._meter)
        return self._call([table.ops for table in self._tables], first, stop, dt, memory, taps)

    def settle(self, step: int, dt: float, memory: Memory) -> None:
        """See `AbstractProgram.settle`."""
        self._point_to(memory)
        self._call([table.settling for table in self._tables], step, step + 1, dt, memory, Taps.none(1))

    def renew(self, step: int, dt: float, memory: Memory) -> None:
        """See `AbstractProgram.renew`."""
        if not self._plan.renewing:
            return
        self._point_to(memory)
        self._call([table.renewing for table in self._tables], step, step + 1, dt, memory, Taps.none(1))

    def _point_to(self, memory: Memory, taps: Taps | None = None) -> None:
        """Make the tables of a step for this memory, with what ``taps`` take out of it."""
        taken = self._taken | (taps.taken() if taps is not None else frozenset())
        if not self._tables or self._tables[0].memory is not memory or taken != self._taken:
            self._read_meter()
            self._taken = taken
            if self._plan.parts > 1 and (not self._tables or self._tables[0].memory is not memory):
                self._letters = Letters(self._plan, memory)
            entries, parts = [self._addresses[m.name] for m in self._printed.modules], range(self._plan.parts)
            self._tables = [Table(self._plan, memory, self._letters, entries, _helper, part, taken) for part in parts]

    def _call(self, ops: list[Any], first: int, stop: int, dt: float, memory: Memory, taps: Taps) -> int:
        self._shared[STOP] = stop
        if self._letters is not None:
            self._letters.clear()
        others = dataclasses.replace(taps, meter=np.zeros(0, dtype=np.int64))
        places = [self._places(memory, taps if part == 0 else others, part) for part in range(len(ops))]

        def advance(part: int) -> int:
            mine = ops[part]
            return int(self._advance(first, stop, dt, mine.ctypes.data, mine.size, places[part].ctypes.data))

        if len(ops) > 1 and (self._others is None or not self._others.are_here):
            self._others = Workers(len(ops) - 1)
        waiting = [self._others.submit(advance, part) for part in range(1, len(ops))] if self._others is not None else []
        reached = {advance(0), *(each.result() for each in waiting)}
        assert len(reached) == 1, reached
        return reached.pop()

    def _places(self, memory: Memory, taps: Taps, part: int) -> Any:
        """Addresses and sizes of the arenas, of what recorders fill, and of what threads share."""
        arenas = memory.arenas
        given = [*(arenas[name] for name in ("state_f8", "state_i4", "log_i4")), *taps.arrays(), arenas["state_f4"]]
        arrays = [(array.ctypes.data, array.size) for array in given]
        shared = [(self._shared.ctypes.data, self._plan.parts), (give_way(), part)]
        places = np.array([*arrays, *shared, (0, 0)], dtype=np.int64)
        places[-1] = places.ctypes.data, places.size
        return places


def _helper(name: str) -> int:
    """The address of a module of `bouton.kernels.loop`."""
    module = loop_module(name)
    return load((module,))[module.name]
