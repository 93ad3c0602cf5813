"""What a thread does about the events of a step before it has read the letters of others: what their spikes bring comes later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from bouton.backends.memory import Memory
from bouton.plan.nodes import Log, stores
from bouton.plan.plan import Call, Merge

Places: TypeAlias = Mapping[tuple[str, str], tuple[int, int]]
"""Address and size of each slot, for a thread."""
Addresses: TypeAlias = frozenset[int]


def early(calls: Iterable[Call], merges: Mapping[str, Merge], memory: Memory, part: int, places: Places) -> tuple[Call, ...]:
    """The calls, of those for the events of this step, that a thread may make at once for the spikes that it emits.

    ``merges`` are by population. All numbers stay what one thread makes of them: no spike that earlier threads emit may reach
    what these reach, by this call or by one before it that has to come later.
    """
    found: list[Call] = []
    waiting: list[tuple[Addresses, Addresses]] = []
    for call in calls:
        before, own, after = emitters(call, merges, memory, part)
        read, written = _touched(call, places)
        free = not any(
            written & (others_read | others_written) or read & others_written for others_read, others_written in waiting
        )
        if begins := own and not before and free:
            found.append(call)
        if before or after or (own and not begins):
            waiting.append((read, written))
    return tuple(found)


def emitters(call: Call, merges: Mapping[str, Merge], memory: Memory, part: int) -> tuple[bool, bool, bool]:
    """Whether threads before one, this thread, and threads after it may emit spikes that reach synapses of a call."""
    assert call.pathway is not None
    population = call.pathway.population
    if merges[population].alone:
        return part > 0, part == 0, False
    start, stop = (int(memory.own((population, f":{word}"), part)[0]) for word in ("start", "stop"))
    begin, end = 0, int(memory.own((population, ":stop"), -1)[0])
    if call.kernel.selects:
        begin, end = (int(memory.view(call.slots[f"sources_{word}"].key)[0]) for word in ("begin", "end"))
    return begin < start, max(begin, start) < min(end, stop), end > stop


def _touched(call: Call, places: Places) -> tuple[Addresses, Addresses]:
    """Addresses of what a call may read, and of what it writes."""
    written = {store.array for store in stores(call.kernel.statements)}
    written |= {f"{s.name}_count" for s in call.kernel.statements if isinstance(s, Log)}
    read = {places[slot.key][0] for slot in call.slots.values() if slot.role != "fixed"}
    return frozenset(read), frozenset(places[call.slots[name].key][0] for name in written)
