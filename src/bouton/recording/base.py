"""What the recordings share: episodes, times as whole steps, element ids."""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bouton.errors import Code, SimulationError
from bouton.recording.store import Floats, Ids, Steps, Store
from bouton.units import Quantity, Unit, in_seconds, ms, registry


class AbstractRecording:
    """Base of the recordings: episodes, and the steps and times that a run is counted in.

    Parameters
    ----------
    label: what is recorded, for messages.
    dt: the time step in seconds.
    object_name: the recorded object.
    empty, first_step: as for `Store`.
    """

    def __init__(self, label: str, dt: float, object_name: str, empty: Mapping[str, NDArray[Any]], first_step: int = 0) -> None:
        self.label = label
        self.dt = dt
        self.object_name = object_name
        self._empty = dict(empty)
        self._store = Store(self._empty, first_step)
        self._past: list[Store] = []

    def begin_episode(self, step: int = 0) -> None:
        """Keep what is there as a finished episode and begin another at a step."""
        self._past.append(self._store)
        self._store = Store(self._empty, step)

    def forget(self) -> None:
        """Drop the finished episodes; views of them that somebody has stay as they are."""
        self._past = []

    @property
    def episodes(self) -> tuple[Self, ...]:
        """All episodes, oldest first, each with the accessors of this recording; the last is the one under way."""
        return tuple(self._view(store) for store in (*self._past, self._store))

    def _view(self, store: Store) -> Self:
        view = copy.copy(self)
        view._store, view._past = store, []
        return view

    def _times(self, steps: Steps) -> Quantity:
        return registry.Quantity(milliseconds(steps, self.dt), ms)

    def _window(self, start: Quantity | None, stop: Quantity | None) -> tuple[int, int]:
        """The steps k with start ≤ k·dt < stop, as (first, past the last); an end left open is the episode's.

        Raises SimulationError (E603) if there are none or some were not recorded, UnitError (E301) if an end is no time.
        """
        begin, end = self._store.first_step, self._store.first_step + self._store.n_steps
        first = begin if start is None else first_step_from(start, self.dt, f"start, {self.label}")
        last = end if stop is None else first_step_from(stop, self.dt, f"stop, {self.label}")
        if first >= last or first < begin or last > end:
            from_, to, low, high = (float(t) for t in milliseconds(np.array([first, last, begin, end]), self.dt))
            fault = "holds no time step" if first >= last else "reaches beyond what was recorded"
            raise SimulationError(
                Code.BAD_RECORDER,
                f"the window from {from_:g} ms to {to:g} ms {fault}",
                where=self.label,
                expected=f"start < stop, both from {low:g} ms to {high:g} ms",
                hint=None if end > begin else "run the simulation first",
            )
        return first, last


def milliseconds(steps: Steps, dt: float) -> Floats:
    """Times in ms of whole steps of ``dt`` seconds.

    Rounded once: step 3 of 0.1 ms is 0.3, where 3 * 0.1 is 0.30000000000000004, so that a label is found by its value.
    """
    numerator, denominator = _step_in_ms(dt)
    return steps * numerator / denominator


@cache
def _step_in_ms(dt: float) -> tuple[float, int]:
    """``dt`` seconds in ms as the ratio of two integers where it was meant as one, as (dt in ms, 1) where not."""
    dt_ms = dt * 1e3
    ratio = Fraction(dt_ms).limit_denominator(1_000_000)
    return ratio.as_integer_ratio() if abs(float(ratio) - dt_ms) <= 1e-15 * dt_ms else (dt_ms, 1)


def first_step_from(time: Quantity, dt: float, where: str) -> int:
    """The first step at or after ``time``. Raises UnitError (E301) if it is no time, SimulationError (E603) if not finite."""
    steps = in_seconds(time, where=where) / dt
    if not math.isfinite(steps):
        raise SimulationError(Code.BAD_RECORDER, f"the time {time!s} is not finite", where=where)
    return math.ceil(steps - 1e-6)  # times on the grid are not exact multiples of dt


def place_of(element: int, elements: Ids, label: str) -> int:
    """Where ``element`` is among the recorded ``elements``. Raises SimulationError (E603) if it is not."""
    found = np.flatnonzero(elements == element)
    if not len(found):
        shown = ", ".join(str(e) for e in elements[:6]) + (", …" if len(elements) > 6 else "")
        raise SimulationError(Code.BAD_RECORDER, f"element {element} is not recorded", where=label, expected=f"one of {shown}")
    return int(found[0])


def fixed_ids(elements: ArrayLike) -> Ids:
    """Element ids as an array of our own that cannot be written to, [element]."""
    ids = np.array(elements, dtype=np.int64).reshape(-1)
    ids.flags.writeable = False
    return ids


def chosen_ids(elements: ArrayLike | None, size: int, label: str) -> Ids | None:
    """The ids of a recorded subset, or None when all are. Raises SimulationError (E603) for ids that are not below ``size``."""
    if elements is None:
        return None
    ids = fixed_ids(elements)
    beyond = ids[(ids < 0) | (ids >= size)]
    if len(beyond):
        raise SimulationError(
            Code.BAD_RECORDER, f"there is no element {beyond[0]}", where=label, expected=f"ids from 0 to {size - 1}"
        )
    return ids


def unit_text(unit: Unit) -> str:
    """A unit as files and table headers carry it: ``mV / ms``, or ``1``."""
    return f"{unit:~}" or "1"


def owned(array: NDArray[Any]) -> NDArray[Any]:
    """``array`` if it may be written to, else a copy: exports belong to the user."""
    return np.require(array, requirements="W")
