"""The memory of a running simulation: flat arenas for what changes, one for each kind of number and role.

Flat arenas make a snapshot one copy, let one kernel sample any variable by its position, and keep the
signature of compiled programs the same for every model. What is fixed lies where it was made: large arrays are not copied.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from bouton.backends.arena import LINE, PAGE, cleared
from bouton.plan.nodes import SIZES, Slot

ARENAS = ("state_f8", "state_f4", "state_i4", "log_f8", "log_f4", "log_i4")


def arena_of(slot: Slot) -> str:
    """The arena in which a slot lies."""
    return f"{slot.role}_{slot.dtype}"


@final
class Memory:
    """Arenas and the place of each slot in them; and arrays for fixed slots.

    ``dimensions`` gives the size of each named dimension by owner and name; ``"1"``, ``"one"``,
    ``"two"`` and those of `SIZES` are themselves. ``fixed`` holds the values of fixed slots: numbers, or arrays of the
    slot's size. ``parts`` holds for each thread those that are its own; of slots in ``private`` each has one for itself.
    ``shared`` maps slots that change to others of the same size and kind, in whose place they are.
    """

    def __init__(
        self,
        slots: tuple[Slot, ...],
        dimensions: Mapping[tuple[str, str], int],
        fixed: Mapping[tuple[str, str], Any],
        private: frozenset[tuple[str, str]] = frozenset(),
        parts: tuple[Mapping[tuple[str, str], Any], ...] = ({},),
        shared: Mapping[tuple[str, str], tuple[str, str]] | None = None,
    ) -> None:
        self.slots = slots
        self.shared = dict(shared or {})
        self._private = private
        self._strides: dict[tuple[str, str], int] = {}
        self._own: list[dict[tuple[str, str], NDArray[Any]]] = [{} for _ in parts]
        self.place: dict[tuple[str, str], tuple[str, int, int]] = {}
        self._fixed: dict[tuple[str, str], NDArray[Any]] = {}
        used = dict.fromkeys(ARENAS, 0)
        for slot in slots:
            size = size_of(slot, dimensions)
            if slot.role == "fixed":
                self._fixed[slot.key] = _fitted(fixed[slot.key], size, slot.dtype)
                for own, values in zip(self._own, parts, strict=True):
                    if slot.key in values:
                        own[slot.key] = _fitted(values[slot.key], size, slot.dtype)
                continue
            if slot.key in self.shared:
                continue
            arena, line, apart = arena_of(slot), LINE // slot.item_bytes, slot.key in private and len(parts) > 1
            if size >= line or len(parts) > 1:  # what neurons have side by side shall not lie across two lines
                used[arena] += -used[arena] % line
            if (limit := _limit(slot, size, dimensions, parts)) is not None:
                used[arena] += -(used[arena] + limit) % (PAGE // slot.item_bytes)
            self.place[slot.key] = (arena, used[arena], used[arena] + size)
            self._strides[slot.key] = size + (-size % line if apart else 0)  # nor what two threads write to in one
            used[arena] += self._strides[slot.key] * (len(parts) if apart else 1)
        for key, other in self.shared.items():
            self.place[key], self._strides[key] = self.place[other], self._strides[other]
        self.arenas: dict[str, NDArray[Any]] = {a: cleared(n, a[-2:]) for a, n in used.items()}

    def view(self, key: tuple[str, str]) -> NDArray[Any]:
        """The array of a slot, shape (size,), shared with the arena; of a fixed slot only to be read."""
        if key in self._fixed:
            return self._fixed[key]
        arena, start, stop = self.place[key]
        return self.arenas[arena][start:stop]

    def own(self, key: tuple[str, str], part: int) -> NDArray[Any]:
        """A fixed slot as a thread has it, only to be read."""
        return self._own[part].get(key, self._fixed[key])

    def put(self, key: tuple[str, str], values: Any) -> None:
        """Set all elements of a slot that changes, for all threads."""
        for copy in self.copies(key):
            copy[:] = values

    def copies(self, key: tuple[str, str]) -> NDArray[Any]:
        """A slot that changes as each thread has it, shape (threads or 1, size), shared with the arena."""
        arena, start, stop = self.place[key]
        count, stride = len(self._own) if key in self._private else 1, self._strides[key]
        return self.arenas[arena][start : start + count * stride].reshape(count, stride)[:, : stop - start]

    def apart(self, key: tuple[str, str]) -> int:
        """How many elements lie between where a slot that changes begins for one thread and for the next; 0 if they share it."""
        return self._strides[key] if key in self._private else 0

    def addresses(self, part: int = 0) -> dict[tuple[str, str], tuple[int, int]]:
        """Address and size of each slot, for a thread."""
        base = {name: (array.ctypes.data, array.itemsize) for name, array in self.arenas.items()}
        found = {}
        for key, (arena, start, stop) in self.place.items():
            first = start + (part * self._strides[key] if key in self._private else 0)
            found[key] = (base[arena][0] + first * base[arena][1], stop - start)
        fixed = {**self._fixed, **self._own[part]}
        return found | {key: (array.ctypes.data, array.size) for key, array in fixed.items()}

    @property
    def state_bytes(self) -> int:
        """Bytes of everything that a run changes, records of events apart."""
        return sum(array.nbytes for name, array in self.arenas.items() if name.startswith("state"))

    def copy_state(self) -> dict[str, NDArray[Any]]:
        """A copy of everything that a run changes, records of events apart."""
        return {name: array.copy() for name, array in self.arenas.items() if name.startswith("state")}

    def restore_state(self, saved: Mapping[str, NDArray[Any]]) -> None:
        """Put back what `copy_state` returned."""
        for name, array in saved.items():
            self.arenas[name][:] = array

    def take_over(self, other: Memory, fill: Callable[[Slot], None], without: Collection[tuple[str, str]] = frozenset()) -> None:
        """Copy the slots that change and that ``other`` holds in the same size, but those in ``without``; ``fill`` the rest."""
        for slot in self.slots:
            if slot.role == "fixed" or slot.key in without:
                continue
            if slot.key in other.place and other.copies(slot.key).shape == self.copies(slot.key).shape:
                self.copies(slot.key)[:] = other.copies(slot.key)
            else:
                fill(slot)


def _limit(
    slot: Slot, size: int, dimensions: Mapping[tuple[str, str], int], parts: tuple[Mapping[tuple[str, str], Any], ...]
) -> int | None:
    """Where the part of the thread in the middle begins in an array of what neurons have; None if that does not matter.

    There a page shall begin: within one, the processor of the thread before would ask for what follows what it reads,
    and so take from the other lines of memory that it is writing to.
    """
    begins = {"n": ":start", "n post": ":start post"}.get(slot.shape[0])
    first = parts[len(parts) // 2].get((slot.owner, begins)) if begins is not None else None
    if first is None or size * slot.item_bytes < 2 * PAGE:
        return None
    return int(first) * (size // dimensions[slot.owner, slot.shape[0]])


def _fitted(value: Any, size: int, dtype: str) -> NDArray[Any]:
    """A number repeated, or an array as it is if it has that kind of number."""
    array = np.asarray(value)
    if array.ndim == 0:
        return np.full(size, value, dtype=dtype)
    assert array.size == size, (array.shape, size)
    return np.ascontiguousarray(array, dtype=dtype).reshape(size)


def size_of(slot: Slot, dimensions: Mapping[tuple[str, str], int]) -> int:
    """The number of elements of a slot."""
    size = 1
    for factor in slot.shape:
        size *= _WORDS[factor] if factor in _WORDS else dimensions[slot.owner, factor]
    return size


_WORDS = {"1": 1, "one": 1, "two": 2, **SIZES}


@dataclass
class Taps:
    """What recorders take out of a stretch of run: tables of what, buffers to fill.

    ``samples``: rows of (interval, offset, begin, end, out): when (step + offset) is a multiple of the
    interval, copy the state elements ``elements[begin:end]`` to ``sample_values`` from ``out`` on, row after
    row. Those of position p in the step are rows ``positions[p]`` to ``positions[p + 1]``.
    ``spikes``: rows of (ring, counts, width, mask, out, capacity) as places in ``state_i4``; ``rates``: rows of (counts,
    mask, out). ``logs``: rows of (place of the first thread's count in ``log_i4``, how far apart those of threads are,
    capacity of each, most events in a step). A program stops before a step for which a buffer of spikes or events might not
    suffice.
    ``meter`` is empty, or a program's own record of what took how long.
    """

    positions: NDArray[np.int64]
    samples: NDArray[np.int64]
    elements: NDArray[np.int64]
    sample_rows: NDArray[np.int64]
    sample_values: NDArray[np.float64]
    spikes: NDArray[np.int64]
    spike_counts: NDArray[np.int64]
    spike_steps: NDArray[np.int64]
    spike_indices: NDArray[np.int64]
    rates: NDArray[np.int64]
    rate_counts: NDArray[np.int64]
    logs: NDArray[np.int64]
    meter: NDArray[np.int64]

    @staticmethod
    def none(positions: int) -> Taps:
        """Taps that record nothing."""
        i8, f8 = np.int64, np.float64
        return Taps(
            np.zeros(positions + 1, dtype=i8),
            np.zeros((0, 5), dtype=i8),
            np.zeros(0, dtype=i8),
            np.zeros(0, dtype=i8),
            np.zeros(0, dtype=f8),
            np.zeros((0, 6), dtype=i8),
            np.zeros(0, dtype=i8),
            np.zeros(0, dtype=i8),
            np.zeros(0, dtype=i8),
            np.zeros((0, 3), dtype=i8),
            np.zeros(0, dtype=i8),
            np.zeros((0, 4), dtype=i8),
            np.zeros(0, dtype=i8),
        )

    def taken(self) -> frozenset[tuple[str, int]]:
        """What is taken out of a step, and at which position: samples; spikes and rates at the first."""
        found = {("take_samples", p) for p in np.flatnonzero(np.diff(self.positions)).tolist()}
        return frozenset(found | ({("take_spikes", 0)} if len(self.spikes) + len(self.rates) else set()))

    def arrays(self) -> tuple[NDArray[Any], ...]:
        """All tables and buffers, in the order of the fields."""
        return tuple(vars(self).values())
