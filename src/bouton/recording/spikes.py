"""Spikes: which element fired in which step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bouton.recording.base import AbstractRecording, chosen_ids, milliseconds, owned, place_of
from bouton.recording.store import Floats, Ids, Steps
from bouton.units import Hz, Quantity, registry

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr


class SpikeRecording(AbstractRecording):
    """The spikes of a population or source. A spike of step k has the time k·dt.

    Results "per element" follow the order of ``elements``.

    Parameters
    ----------
    dt: the time step in seconds.
    size: number of elements of the recorded object.
    elements: the ids of those whose spikes are kept, [element]; None for all.
    object_name: the recorded object.
    first_step: the step at which recording begins, if it begins in the middle of a run.
    """

    def __init__(
        self, dt: float, size: int, elements: ArrayLike | None = None, *, object_name: str = "", first_step: int = 0
    ) -> None:
        empty = {"steps": np.empty(0, np.int64), "indices": np.empty(0, np.int64)}
        super().__init__(f"spikes of {object_name}", dt, object_name, empty, first_step)
        self.size = size
        self._chosen = chosen_ids(elements, size, self.label)

    def append(self, steps: Steps, indices: Ids) -> None:
        """Add spikes in order of time: the ``steps`` [spike] and the ids of the elements that fired; others are dropped."""
        if self._chosen is not None:
            kept = np.isin(indices, self._chosen)
            steps, indices = steps[kept], indices[kept]
        self._store.append(steps=steps, indices=indices)

    def advance(self, n_steps: int) -> None:
        """Note that the run went on by ``n_steps`` steps, with or without spikes: rates need the duration."""
        self._store.n_steps += n_steps

    def __len__(self) -> int:
        return len(self._store["steps"])

    def __repr__(self) -> str:
        return f"<SpikeRecording {self.label}, {len(self)} spikes in {self._store.n_steps} steps>"

    @property
    def elements(self) -> Ids:
        """The recorded element ids, [element]."""
        return np.arange(self.size) if self._chosen is None else self._chosen

    @property
    def steps(self) -> Steps:
        """The step of each spike, [spike]."""
        return self._store["steps"]

    @property
    def times(self) -> Quantity:
        """The time of each spike in ms, [spike]."""
        return self._times(self.steps)

    @property
    def indices(self) -> Ids:
        """The id of the element that fired, [spike]."""
        return self._store["indices"]

    def of(self, element: int) -> Quantity:
        """The spike times of one element in ms, [spike]. Raises SimulationError (E603) if it is not recorded."""
        place_of(element, self.elements, self.label)
        return self._times(self.steps[self.indices == element])

    def trains(self) -> list[Quantity]:
        """The spike times in ms of each element."""
        return [self._times(train) for train in self._trains()]

    def counts(self, start: Quantity | None = None, stop: Quantity | None = None) -> NDArray[np.int64]:
        """Number of spikes with start ≤ t < stop per element, [element].

        Raises SimulationError (E603) if the window is empty or reaches beyond what was recorded.
        """
        if start is None and stop is None:
            inside = self.indices
        else:
            first, last = self._window(start, stop)
            inside = self.indices[(self.steps >= first) & (self.steps < last)]
        counts: NDArray[np.int64] = np.bincount(inside, minlength=self.size)[self.elements]
        return counts

    def rate(self, start: Quantity | None = None, stop: Quantity | None = None) -> Quantity:
        """Mean rate in Hz per element, [element], over the steps k with start ≤ k·dt < stop; by default all that were run.

        Raises SimulationError (E603) if the window is empty or reaches beyond what was recorded.
        """
        first, last = self._window(start, stop)
        return registry.Quantity(self.counts(start, stop) / ((last - first) * self.dt), Hz)

    def isi(self) -> list[Quantity]:
        """The intervals between successive spikes in ms of each element."""
        return [self._times(np.diff(train)) for train in self._trains()]

    def cv(self) -> Floats:
        """Coefficient of variation (SD / mean) of the intervals per element, [element]; NaN for fewer than two intervals."""
        variations = np.full(len(self.elements), np.nan)
        for place, train in enumerate(self._trains()):
            gaps = np.diff(train)
            if len(gaps) > 1 and gaps.any():
                variations[place] = np.std(gaps) / np.mean(gaps)
        return variations

    def to_xarray(self) -> xr.Dataset:
        """The spikes along dimension ``event``: ``time_ms`` and ``element``; what was recorded is in the attributes."""
        import xarray as xr

        begin, end = milliseconds(np.array([0, self._store.n_steps]) + self._store.first_step, self.dt)
        return xr.Dataset(
            {
                "time_ms": ("event", self.times.magnitude, {"units": "ms"}),
                "element": ("event", owned(self.indices)),
            },
            attrs={"object": self.object_name, "start_ms": float(begin), "stop_ms": float(end)},
        )

    def to_pandas(self) -> pd.DataFrame:
        """One row for each spike, with columns ``time_ms`` and ``element``."""
        import pandas as pd

        return pd.DataFrame({"time_ms": self.times.magnitude, "element": owned(self.indices)})

    def _trains(self) -> list[Steps]:
        """The spike steps of each element, in order."""
        order = np.argsort(self.indices, kind="stable")
        steps, owners = self.steps[order], self.indices[order]
        starts = np.searchsorted(owners, self.elements, side="left")
        stops = np.searchsorted(owners, self.elements, side="right")
        return [steps[start:stop] for start, stop in zip(starts, stops, strict=True)]
