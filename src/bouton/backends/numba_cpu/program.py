"""Compiled programs."""

from __future__ import annotations

import ctypes
import dataclasses
from collections.abc import Iterator
from itertools import accumulate
from typing import Any, final

import numpy as np

from bouton.backends.memory import Memory, Taps
from bouton.backends.numba_cpu.emit import emit
from bouton.backends.numba_cpu.kernel_file import load
from bouton.backends.program import AbstractProgram, Measured
from bouton.plan.nodes import AGES, Call, Phase, Plan

CALL, EVERY, REACHED, AGES_OF, EVENT, SPIKES, SAMPLES, WHEN = range(8)
METERED = 3
"""What a row of the table of a step says; see `bouton.kernels.driver`."""

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
        self._table: _Table | None = None
        self._meter: Any = np.zeros(0, dtype=np.int64)
        self._measuring = False

    def measure(self) -> None:
        """See `AbstractProgram.measure`."""
        self._measuring = True

    def measured(self) -> tuple[Measured, ...]:
        """See `AbstractProgram.measured`."""
        if self._table is None:
            return ()
        rows = zip(self._table.labels, self._meter.reshape(-1, METERED).tolist(), strict=False)
        return tuple(Measured(phase, call, *numbers) for (phase, call), numbers in rows if numbers[1])

    @property
    def sources(self) -> dict[str, str]:
        """See `AbstractProgram.sources`."""
        return {m.function: m.text for m in (*self._printed.kernels, self._printed.loop)}

    def run(self, first: int, stop: int, dt: float, memory: Memory, taps: Taps) -> int:
        """See `AbstractProgram.run`."""
        if self._table is None or self._table.memory is not memory:
            self._table = _Table(self._plan, memory, [self._addresses[m.name] for m in self._printed.modules])
        if self._measuring:
            if len(self._meter) == 0:
                self._meter = np.zeros(METERED * len(self._table.labels), dtype=np.int64)
            taps = dataclasses.replace(taps, meter=self._meter)
        return self._call(self._table.ops, first, stop, dt, memory, taps)

    def settle(self, step: int, dt: float, memory: Memory) -> None:
        """See `AbstractProgram.settle`."""
        if self._table is not None and self._table.memory is memory and self._plan.settling:
            self._call(self._table.settling, step - 1, step, dt, memory, Taps.none(1))

    def _call(self, ops: Any, first: int, stop: int, dt: float, memory: Memory, taps: Taps) -> int:
        arenas = memory.arenas
        arrays = [*(arenas[name] for name in ("state_f8", "state_i4", "log_i4")), *taps.arrays(), arenas["state_f4"]]
        places = np.array([(array.ctypes.data, array.size) for array in arrays], dtype=np.int64)
        return int(self._advance(first, stop, dt, ops.ctypes.data, ops.size, places.ctypes.data))


class _Table:
    """The rows of a step, and the tables of slots that they point to, for one memory."""

    def __init__(self, plan: Plan, memory: Memory, entries: list[int]) -> None:
        """``entries`` are the addresses of the kernels, one for each call."""
        self.memory = memory
        self._place = memory.addresses()
        calls = [*(call for _, call in plan.calls()), *plan.settling]
        slots = [number for call in calls for a in call.kernel.args for number in self._place[call.slots[a.name].key]]
        self._slots = np.array(slots, dtype=np.int64)
        starts = accumulate((16 * len(call.kernel.args) for call in calls), initial=self._slots.ctypes.data)
        self._made = {id(call): made for call, made in zip(calls, zip(entries, starts, strict=False), strict=True)}
        labelled = [row for position, phase in enumerate(plan.phases) for row in self._rows(phase, position)]
        self.ops = np.array([row for row, _ in labelled], dtype=np.int64)
        self.labels = tuple(label for _, label in labelled)
        self.settling = np.array([(CALL, *self._made[id(call)], 1, 0, 0, 0) for call in plan.settling], dtype=np.int64)

    def _rows(self, phase: Phase, position: int) -> Iterator[tuple[tuple[int, ...], tuple[str, Call | None]]]:
        """Rows of the table, each with the phase and the call that it stands for."""
        direct = [c for c in phase.calls if c.pathway is None]
        events = [c for c in phase.calls if c.pathway is not None]
        before = len(direct) if not events else phase.calls.index(events[0])
        for call in direct[:before]:
            yield self._direct(call, phase), (phase.name, call)
        if events:
            ages, count = self._place[AGES.key]
            yield (AGES_OF, ages, len(events), 0, count, 0, 0), (phase.name, None)
            for call in events:
                yield self._event(call, phase), (phase.name, call)
        for call in direct[before:]:
            yield self._direct(call, phase), (phase.name, call)
        if phase.name == "threshold":
            yield (SPIKES, 0, 0, 0, 0, 0, 0), (phase.name, None)
        yield (SAMPLES, position, 0, 0, 0, 0, 0), (phase.name, None)

    def _direct(self, call: Call, phase: Phase) -> tuple[int, ...]:
        if call.every is not None:
            return EVERY, *self._made[id(call)], phase.clock_offset, self._place[call.every.key][0], call.offset, 0
        if call.when is not None:
            return WHEN, *self._made[id(call)], phase.clock_offset, self._place[call.when.key][0], 0, 0
        return REACHED if call.idle else CALL, *self._made[id(call)], phase.clock_offset, 0, 0, 0

    def _event(self, call: Call, phase: Phase) -> tuple[int, ...]:
        assert call.pathway is not None
        groups = call.pathway.slot("group of age", "i8", "ages")
        places = (self._place[slot.key][0] for slot in (groups, call.slots["counts"], call.slots["mask"]))
        return EVENT, *self._made[id(call)], phase.clock_offset, *places
