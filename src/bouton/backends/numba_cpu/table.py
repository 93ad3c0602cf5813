"""The table of a step, which the loop of `bouton.kernels.loop.advance` reads, for one thread and one memory."""

from __future__ import annotations

import ctypes
import dataclasses
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from itertools import accumulate
from types import MappingProxyType
from typing import Any, TypeAlias, final

import numpy as np

from bouton.backends.memory import Memory
from bouton.backends.numba_cpu.early import early, emitters
from bouton.backends.numba_cpu.letters import Letters, words_of_weight
from bouton.plan.nodes import AGES, Slot
from bouton.plan.plan import Call, Merge, Phase, Plan

CALL, EVERY, REACHED, WHEN, AGES_OF, EVENT, TAPS, WAIT, LETTERS = range(9)
"""What a row says; see `bouton.kernels.loop.advance`."""
GROUPS = ("group of age", "i8", "ages")
"""The slot of a pathway that says which of a neuron's rows an event of each age reaches."""
NONE: Mapping[int, Call] = MappingProxyType({})
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
        self._helper = helper
        self._taken = taken
        self._plan = plan
        self._part = part
        handled = range(plan.parts) if part == 0 else (part,)  # the first thread makes some calls for all
        self._places = [memory.addresses(each) for each in handled]
        self._kept: list[Any] = []
        self._merges = {merge.population: merge for merge in plan.merges}
        self._letter_table = 0 if letters is None else self._make_letter_table(letters)
        self._missing = False  # whether the letters of the step are still to be read
        calls = [*zip((*(call for _, call in plan.calls()), *plan.between), entries, strict=True)]
        self._own = dict(_reading(calls, {name: merge.emitted for name, merge in self._merges.items()}))
        self._rest = dict(_reading(calls, {name: merge.later for name, merge in self._merges.items()}))
        calls += [*self._own.values(), *self._rest.values()]
        self._made = [self._slot_tables(calls, place) for place in self._places]
        labelled = [*self._rows()]
        self.ops = np.array([row for row, _ in labelled], dtype=np.int64)
        self.labels = tuple(label for _, label in labelled)
        self.settling, self.renewing = self._between(plan.settling), self._between(plan.renewing)

    def _between(self, calls: tuple[Call, ...]) -> Any:
        """The rows of calls that are made between runs."""
        return np.array([(CALL, *self._made[0][id(call)], 1, 0, 0, 0) for call in calls], dtype=np.int64)

    def _slot_tables(self, calls: list[tuple[Call, int]], place: Any) -> dict[int, tuple[int, int]]:
        """For each call its kernel and its table of slots, with the addresses that a part has."""
        slots = [number for call, _ in calls for a in call.kernel.args for number in place[call.slots[a.name].key]]
        table = np.array(slots, dtype=np.int64)
        self._kept.append(table)
        starts = accumulate((16 * len(call.kernel.args) for call, _ in calls), initial=table.ctypes.data)
        return {id(call): (entry, start) for (call, entry), start in zip(calls, starts, strict=False)}

    def _rows(self) -> Iterator[tuple[Row, Label]]:
        """Rows of the table, each with the phase and the call that it stands for."""
        for position, phase in enumerate(self._plan.phases):
            events = [call for call in phase.calls if call.pathway is not None]
            before = phase.calls.index(events[0]) if events else len(phase.calls)
            direct = [call for call in phase.calls if call.pathway is None]
            for call in direct[:before]:
                yield from self._directly(call, phase)
            if events:
                yield from self._events(events, phase)
            for call in direct[before:]:
                yield from self._directly(call, phase)
            if phase.name == "threshold":
                yield from self._send(phase)
            sampled = self._plan.parts > 1 and ("take_samples", position) in self._taken
            yield from self._wait(phase, position, when=sampled)
            yield from self._take("take_samples", phase, position)
            yield from self._wait(phase, position, when=sampled)
        yield from self._receive(self._plan.phases[-1])

    def _send(self, phase: Phase) -> Iterator[tuple[Row, Label]]:
        """Tell other threads who spiked; once a step at least, also where nothing does."""
        self._missing = True
        if self._letter_table:
            yield (LETTERS, self._helper("send"), self._letter_table, 0, 0, 0, 0), (phase.name, None)
        else:
            yield from self._receive(phase)

    def _receive(self, phase: Phase) -> Iterator[tuple[Row, Label]]:
        """Learn which neurons of others spiked, if that has not been done in this step."""
        if not self._missing:
            return
        self._missing = False
        if self._letter_table:
            yield (LETTERS, self._helper("receive"), self._letter_table, 0, 0, 0, 0), (phase.name, None)
        yield from self._take("take_spikes", phase)

    def _events(self, events: list[Call], phase: Phase) -> Iterator[tuple[Row, Label]]:
        """Rows for the events of a phase, age by age; before letters are read, for those that are known by then."""
        ages = self.memory.view(AGES.key)
        count, past = len(ages), int(np.count_nonzero(ages))
        if not (self._missing and all(call.ahead for call in events)):
            yield from self._receive(phase)
            yield from self._wait(phase, when=events[0].waits)
            yield from self._ages(0, count, events, phase)
            return
        yield from self._ages(0, past, events if past > 0 else [], phase)
        spiking = [call for call in events if call.pathway is not None and call.pathway.population in self._merges]
        now = [call for call in spiking if past < count and self._group_now(call, past) >= 0]
        first = {id(call) for call in early(now, self._merges, self.memory, self._part, self._places[0])}
        if first:
            begun, own = [call for call in now if id(call) in first], {key: self._own[key][0] for key in first}
            if len(begun) > 1:  # letters are on their way while the rest is done
                yield from self._ages(past, count, begun[:1], phase, own, more=True)
                yield (LETTERS, self._helper("look_out"), self._letter_table, 0, 0, 0, 0), (phase.name, None)
            yield from self._ages(past, count, begun[len(begun) > 1 :], phase, own, more=True)
        if now:
            yield from self._receive(phase)
        if left := [call for call in now if id(call) not in first or self._goes_on(call)]:
            rest = {key: self._rest[key][0] for key in first}
            yield from self._ages(past, count, left, phase, rest, more=True)

    def _goes_on(self, call: Call) -> bool:
        """True if spikes that threads after this one emit may reach synapses of a call."""
        return emitters(call, self._merges, self.memory, self._part)[2]

    def _group_now(self, call: Call, age: int) -> int:
        assert call.pathway is not None
        return int(self.memory.own(call.pathway.slot(*GROUPS).key, self._part)[age])

    def _ages(
        self,
        begin: int,
        end: int,
        calls: list[Call],
        phase: Phase,
        other: Mapping[int, Call] = NONE,
        *,
        more: bool = False,
    ) -> Iterator[tuple[Row, Label]]:
        """Rows for the ages from number ``begin`` up to ``end``, for some of ``calls`` with ``other`` lists of spikes.

        ``more`` says that they are not the first of the phase.
        """
        handled = [(call, part) for call in calls for part in self._parts_of(call)]
        yield (AGES_OF, self._places[0][AGES.key][0], len(handled), begin, end, int(more), 0), (phase.name, None)
        for call, part in handled:
            yield self._event(other.get(id(call), call), phase, part), (phase.name, call)

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
        if not call.ahead:
            yield from self._receive(phase)
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
        groups = call.pathway.slot(*GROUPS)
        places = (self._places[part][slot.key][0] for slot in (groups, call.slots["counts"], call.slots["mask"]))
        return EVENT, *self._made[part][id(call)], phase.clock_offset, *places

    def _make_letter_table(self, letters: Letters) -> int:
        """What `send` and `receive` read: where letters lie, and lists and rings of this thread."""
        merges = self._plan.merges
        numbers = [len(merges), self._plan.parts, self._part, letters.address, letters.length, give_way()]
        for merge in merges:
            numbers += self._merged(merge)
        table = np.array(numbers, dtype=np.int64)
        self._kept.append(table)
        return int(table.ctypes.data)

    def _merged(self, merge: Merge) -> list[int]:
        """Of a population where the lists of this thread are, its ring, and further rings."""
        place = self._places[0]

        def addresses(slots: Mapping[str, Slot]) -> tuple[int, int, int]:
            spikes, counts, weights = (
                place[slots[name].key][0] if name in slots else 0 for name in ("spikes", "counts", "weights")
            )
            return spikes, counts, weights

        mask, width = (int(self.memory.view(merge.ring[name].key)[0]) for name in ("mask", "width"))
        numbers = [
            *addresses(merge.emitted),
            words_of_weight(merge),
            mask,
            *addresses(merge.ring),
            width,
            *addresses(merge.later),
        ]
        for spikes, counts, start, stop in merge.own:
            limits = (ctypes.c_int64.from_address(place[slot.key][0]).value for slot in (start, stop))
            mine = start.owner == merge.population and not merge.alone
            numbers += [place[spikes.key][0], place[counts.key][0], *limits, int(mine)]
        return [len(numbers) + 1, *numbers]


def _reading(
    calls: Iterable[tuple[Call, int]], lists: Mapping[str, Mapping[str, Slot]]
) -> Iterator[tuple[int, tuple[Call, int]]]:
    """Calls for events of sources as they read lists of spikes, by population, in the place of rings; each with its kernel."""
    for call, entry in calls:
        if call.ahead and call.pathway is not None and call.pathway.population in lists:
            listed = lists[call.pathway.population]
            slots = {name: listed.get(name, slot) for name, slot in call.slots.items()}
            yield id(call), (dataclasses.replace(call, slots=slots), entry)


@cache
def give_way() -> int:
    """The address of a function that lets other threads have the processor."""
    function = ctypes.CDLL(None).sched_yield if os.name == "posix" else ctypes.WinDLL("kernel32").SwitchToThread  # type: ignore[attr-defined]
    return ctypes.cast(function, ctypes.c_void_p).value or 0
