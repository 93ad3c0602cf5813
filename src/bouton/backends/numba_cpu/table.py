"""The table of a step, which the loop of `bouton.kernels.loop.advance` reads, for one thread and one memory."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Iterator
from functools import cache
from itertools import accumulate
from typing import Any, TypeAlias, final

import numpy as np

from bouton.backends.memory import Memory
from bouton.backends.numba_cpu.letters import Letters, words_of_weight
from bouton.plan.nodes import AGES, Call, Merge, Phase, Plan

CALL, EVERY, REACHED, WHEN, AGES_OF, EVENT, TAPS, WAIT, EXCHANGE = range(9)
"""What a row says; see `bouton.kernels.loop.advance`."""
Row: TypeAlias = tuple[int, ...]
Label: TypeAlias = tuple[str, Call | None]
Taken: TypeAlias = frozenset[tuple[str, int]]
"""What recorders want, and at which positions in the step."""
Helper: TypeAlias = Callable[[str], int]
"""Gives the address of a module of `bouton.kernels.loop`, compiled if need be."""


@final
class Table:
    """The rows of a step for one thread, and the tables of slots that they point to, for one memory."""

    def __init__(
        self, plan: Plan, memory: Memory, letters: Letters | None, entries: list[int], helper: Helper, part: int, taken: Taken
    ) -> None:
        """``entries`` are the addresses of the kernels, one for each call; ``taken`` is what recorders want.

        Several threads write ``letters`` to one another.
        """
        self.memory = memory
        self._letters = letters
        self._helper = helper
        self._taken = taken
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
            yield from self._wait(phase, when=events[0].waits)
            handled = [(call, part) for call in events for part in self._parts_of(call)]
            ages, count = self._places[0][AGES.key]
            yield (AGES_OF, ages, len(handled), 0, count, 0, 0), (phase.name, None)
            for call, part in handled:
                yield self._event(call, phase, part), (phase.name, call)
        for call in direct[before:]:
            yield from self._directly(call, phase)
        if phase.name == "threshold":
            if self._letters is not None:  # once a step at least, also where nothing spikes
                table = self._exchange_table(self._letters)
                yield (EXCHANGE, self._helper("exchange"), table, 0, 0, 0, 0), (phase.name, None)
            yield from self._take("take_spikes", phase)
        sampled = self._plan.parts > 1 and ("take_samples", position) in self._taken
        yield from self._wait(phase, position, when=sampled)
        yield from self._take("take_samples", phase, position)
        yield from self._wait(phase, position, when=sampled)

    def _take(self, what: str, phase: Phase, position: int = 0) -> Iterator[tuple[Row, Label]]:
        """What recorders want after a phase, which the first thread takes for all."""
        if self._part == 0 and (what, position) in self._taken:
            yield (TAPS, self._helper(what), 0, 0, position, 0, 0), (phase.name, None)

    def _wait(self, phase: Phase, position: int = -1, *, when: bool) -> Iterator[tuple[Row, Label]]:
        """Let all threads wait for one another; for samples only, if a position is given."""
        if when:
            yield (WAIT, self._helper("wait"), 0, 0, position, 0, 0), (phase.name, None)

    def _parts_of(self, call: Call) -> tuple[int, ...]:
        """The parts for which this thread makes a call, as places in the tables of slots."""
        if not call.whole:
            return (0,)
        if self._part > 0:
            return ()
        return tuple(range(self._plan.parts)) if call.kernel.domain not in {"builtin", "once"} else (0,)

    def _directly(self, call: Call, phase: Phase) -> Iterator[tuple[Row, Label]]:
        yield from self._wait(phase, when=call.waits)
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

    def _exchange_table(self, letters: Letters) -> int:
        """What `exchange` reads: where letters lie, and lists and rings of this thread."""
        merges = self._plan.merges
        numbers = [len(merges), self._plan.parts, self._part, letters.address, letters.length, give_way()]
        for merge in merges:
            numbers += self._merged(merge)
        table = np.array(numbers, dtype=np.int64)
        self._kept.append(table)
        return int(table.ctypes.data)

    def _merged(self, merge: Merge) -> list[int]:
        """Of a population where the list of this thread is, its ring, and further rings."""
        place = self._places[0]
        listed = {name: place[slot.key][0] for name, slot in merge.emitted.items()}
        ring = {name: place[slot.key][0] for name, slot in merge.ring.items()}
        mask, width = (int(self.memory.view(merge.ring[name].key)[0]) for name in ("mask", "width"))
        numbers = [listed["spikes"], listed["counts"], listed.get("weights", 0), words_of_weight(merge)]
        numbers += [mask, ring["spikes"], ring["counts"], ring.get("weights", 0), width]
        numbers.append(len(numbers) + 1 + 4 * len(merge.own))
        for spikes, counts, start, stop in merge.own:
            limits = (ctypes.c_int64.from_address(place[slot.key][0]).value for slot in (start, stop))
            numbers += [place[spikes.key][0], place[counts.key][0], *limits]
        return numbers


@cache
def give_way() -> int:
    """The address of a function that lets other threads have the processor."""
    function = ctypes.CDLL(None).sched_yield if os.name == "posix" else ctypes.WinDLL("kernel32").SwitchToThread  # type: ignore[attr-defined]
    return ctypes.cast(function, ctypes.c_void_p).value or 0
