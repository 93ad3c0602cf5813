"""Compiled programs."""

from __future__ import annotations

import ctypes
import dataclasses
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate
from typing import Any, TypeAlias, final

import numpy as np

from bouton.backends.memory import Memory, Taps
from bouton.backends.numba_cpu.emit import emit
from bouton.backends.numba_cpu.kernel_file import load
from bouton.backends.program import AbstractProgram, Measured
from bouton.plan.nodes import AGES, Call, Merge, Phase, Plan

CALL, EVERY, REACHED, AGES_OF, EVENT, SPIKES, SAMPLES, WHEN, WAIT, MERGE = range(10)
METERED = 3
"""What a row of the table of a step says; see `bouton.kernels.driver`."""
STOP = 16
SHARED = 24
"""Of the memory that threads share: where the step stands before which they stop, and how much there is."""

_ADVANCE = ctypes.CFUNCTYPE(
    ctypes.c_int64, ctypes.c_int64, ctypes.c_int64, ctypes.c_double, ctypes.c_void_p, ctypes.c_int64, ctypes.c_void_p
)
Row: TypeAlias = tuple[int, ...]
Label: TypeAlias = tuple[str, Call | None]


@final
class NumbaProgram(AbstractProgram):
    """A plan printed as Python and compiled by Numba. The loop over steps reads from a table what to call with what."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._printed = emit(plan)
        self._addresses = load((*self._printed.kernels, self._printed.loop))
        self._advance: Any = _ADVANCE(self._addresses[self._printed.loop.name])
        self._tables: list[_Table] = []
        self._meter: Any = np.zeros(0, dtype=np.int64)
        self._measuring = False
        self._shared = np.zeros(SHARED, dtype=np.int64)
        self._others = ThreadPoolExecutor(plan.parts - 1, "bouton") if plan.parts > 1 else None

    def measure(self) -> None:
        """See `AbstractProgram.measure`."""
        self._measuring = True

    def measured(self) -> tuple[Measured, ...]:
        """See `AbstractProgram.measured`; of several threads it is what the first did."""
        if not self._tables:
            return ()
        rows = zip(self._tables[0].labels, self._meter.reshape(-1, METERED).tolist(), strict=False)
        return tuple(Measured(phase, call, *numbers) for (phase, call), numbers in rows if numbers[1])

    @property
    def sources(self) -> dict[str, str]:
        """See `AbstractProgram.sources`."""
        return {m.function: m.text for m in (*self._printed.kernels, self._printed.loop)}

    def run(self, first: int, stop: int, dt: float, memory: Memory, taps: Taps) -> int:
        """See `AbstractProgram.run`."""
        self._point_to(memory)
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

    def _point_to(self, memory: Memory) -> None:
        """Make the tables of a step for this memory."""
        if not self._tables or self._tables[0].memory is not memory:
            entries = [self._addresses[m.name] for m in self._printed.modules]
            self._tables = [_Table(self._plan, memory, entries, part) for part in range(self._plan.parts)]

    def _call(self, ops: list[Any], first: int, stop: int, dt: float, memory: Memory, taps: Taps) -> int:
        self._shared[STOP] = stop
        others = dataclasses.replace(taps, meter=np.zeros(0, dtype=np.int64))
        places = [self._places(memory, taps if part == 0 else others, part) for part in range(len(ops))]

        def advance(part: int) -> int:
            mine = ops[part]
            return int(self._advance(first, stop, dt, mine.ctypes.data, mine.size, places[part].ctypes.data))

        waiting = [self._others.submit(advance, part) for part in range(1, len(ops))] if self._others is not None else []
        reached = {advance(0), *(each.result() for each in waiting)}
        assert len(reached) == 1, reached
        return reached.pop()

    def _places(self, memory: Memory, taps: Taps, part: int) -> Any:
        """Addresses and sizes of the arenas, of what recorders fill, and of what threads share."""
        arenas = memory.arenas
        given = [*(arenas[name] for name in ("state_f8", "state_i4", "log_i4")), *taps.arrays(), arenas["state_f4"]]
        arrays = [(array.ctypes.data, array.size) for array in given]
        shared = [(self._shared.ctypes.data, self._plan.parts), (_give_way(), part)]
        return np.array([*arrays, *shared], dtype=np.int64)


def _give_way() -> int:
    """The address of a function that lets other threads have the processor."""
    function = ctypes.CDLL(None).sched_yield if os.name == "posix" else ctypes.WinDLL("kernel32").SwitchToThread  # type: ignore[attr-defined]
    return ctypes.cast(function, ctypes.c_void_p).value or 0


class _Table:
    """The rows of a step for one thread, and the tables of slots that they point to, for one memory."""

    def __init__(self, plan: Plan, memory: Memory, entries: list[int], part: int) -> None:
        """``entries`` are the addresses of the kernels, one for each call."""
        self.memory = memory
        self._plan = plan
        self._part = part
        handled = range(plan.parts) if part == 0 else (part,)  # the first thread makes some calls for all
        self._places = [memory.addresses(each) for each in handled]
        self._kept: list[Any] = []
        calls = [*(call for _, call in plan.calls()), *plan.between]
        self._made = [self._slot_tables(calls, entries, place) for place in self._places]
        labelled = [row for position, phase in enumerate(plan.phases) for row in self._rows(phase, position)]
        self.ops = np.array([row for row, _ in labelled], dtype=np.int64)
        self.labels = tuple(label for _, label in labelled)
        self.settling, self.renewing = self._between(plan.settling), self._between(plan.renewing)

    def _between(self, calls: tuple[Call, ...]) -> Any:
        """The rows of calls that are made between runs."""
        return np.array([(CALL, *self._made[0][id(call)], 1, 0, 0, 0) for call in calls], dtype=np.int64)

    def _slot_tables(self, calls: list[Call], entries: list[int], place: Any) -> dict[int, tuple[int, int]]:
        """For each call its kernel and its table of slots, with the addresses that a part has."""
        slots = [number for call in calls for a in call.kernel.args for number in place[call.slots[a.name].key]]
        table = np.array(slots, dtype=np.int64)
        self._kept.append(table)
        starts = accumulate((16 * len(call.kernel.args) for call in calls), initial=table.ctypes.data)
        return {id(call): made for call, made in zip(calls, zip(entries, starts, strict=False), strict=True)}

    def _rows(self, phase: Phase, position: int) -> Iterator[tuple[Row, Label]]:
        """Rows of the table, each with the phase and the call that it stands for."""
        direct = [c for c in phase.calls if c.pathway is None]
        events = [c for c in phase.calls if c.pathway is not None]
        before = len(direct) if not events else phase.calls.index(events[0])
        for call in direct[:before]:
            yield from self._directly(call, phase)
        if events:
            yield from self._waiting(events[0].waits, phase)
            handled = [(call, part) for call in events for part in self._parts_of(call)]
            ages, count = self._places[0][AGES.key]
            yield (AGES_OF, ages, len(handled), 0, count, 0, 0), (phase.name, None)
            for call, part in handled:
                yield self._event(call, phase, part), (phase.name, call)
        for call in direct[before:]:
            yield from self._directly(call, phase)
        if phase.name == "threshold":
            yield from self._waiting(self._plan.parts > 1, phase)  # once a step at least, also where nothing spikes
            for merge in self._plan.merges:
                yield (MERGE, self._merge_table(merge), 0, 0, 0, 0, 0), (phase.name, None)
            yield (SPIKES, 0, 0, 0, 0, 0, 0), (phase.name, None)
        if self._plan.parts > 1:
            yield (WAIT, position, 0, 0, 0, 0, 0), (phase.name, None)
        yield (SAMPLES, position, 0, 0, 0, 0, 0), (phase.name, None)
        if self._plan.parts > 1:
            yield (WAIT, position, 0, 0, 0, 0, 0), (phase.name, None)

    def _waiting(self, waits: bool, phase: Phase) -> Iterator[tuple[Row, Label]]:
        if waits:
            yield (WAIT, -1, 0, 0, 0, 0, 0), (phase.name, None)

    def _parts_of(self, call: Call) -> tuple[int, ...]:
        """The parts for which this thread makes a call, as places in the tables of slots."""
        if not call.whole:
            return (0,)
        if self._part > 0:
            return ()
        return tuple(range(self._plan.parts)) if call.kernel.domain not in {"builtin", "once"} else (0,)

    def _directly(self, call: Call, phase: Phase) -> Iterator[tuple[Row, Label]]:
        yield from self._waiting(call.waits, phase)
        for part in self._parts_of(call):
            yield self._direct(call, phase, part), (phase.name, call)

    def _direct(self, call: Call, phase: Phase, part: int) -> Row:
        made, place = self._made[part][id(call)], self._places[part]
        if call.every is not None:
            return EVERY, *made, phase.clock_offset, place[call.every.key][0], call.offset, 0
        if call.when is not None:
            return WHEN, *made, phase.clock_offset, place[call.when.key][0], 0, 0
        return REACHED if call.idle else CALL, *made, phase.clock_offset, 0, 0, 0

    def _event(self, call: Call, phase: Phase, part: int) -> Row:
        assert call.pathway is not None
        groups = call.pathway.slot("group of age", "i8", "ages")
        places = (self._places[part][slot.key][0] for slot in (groups, call.slots["counts"], call.slots["mask"]))
        return EVENT, *self._made[part][id(call)], phase.clock_offset, *places

    def _merge_table(self, merge: Merge) -> int:
        """What MERGE reads: where the ring of this thread is, where the lists of all are, and further rings."""
        place, first = self._places[0], self.memory.addresses()
        ring = {name: place[slot.key][0] for name, slot in merge.ring.items()}
        lists = {name: first[slot.key][0] for name, slot in merge.emitted.items()}
        mask, width = (int(self.memory.view(merge.ring[name].key)[0]) for name in ("mask", "width"))
        words = merge.ring["weights"].item_bytes // 4 if "weights" in merge.ring else 0
        numbers = [mask, ring["spikes"], ring["counts"], width, lists["spikes"], lists["counts"]]
        numbers += [ring.get("weights", 0), lists.get("weights", 0), words, len(merge.own)]
        for spikes, counts, start, stop in merge.own:
            limits = (ctypes.c_int64.from_address(place[slot.key][0]).value for slot in (start, stop))
            numbers += [place[spikes.key][0], place[counts.key][0], *limits]
        table = np.array(numbers, dtype=np.int64)
        self._kept.append(table)
        return int(table.ctypes.data)
