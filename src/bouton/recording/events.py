"""Values of a synaptic variable at the events of synapses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from bouton.recording.base import AbstractRecording, chosen_ids, owned, place_of, unit_text
from bouton.recording.store import Floats, Ids, Steps
from bouton.units import Quantity, Unit, from_base

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr


class EventRecording(AbstractRecording):
    """One variable of synapses at each of their events. An event of step k has the time k·dt.

    Parameters
    ----------
    name: the variable.
    unit: its declared unit, in which values are shown.
    dt: the time step in seconds.
    size: number of synapses of the projection.
    elements: the ids of those whose events are kept, [element]; None for all.
    object_name: the recorded projection.
    """

    def __init__(
        self, name: str, unit: Unit, dt: float, size: int, elements: ArrayLike | None = None, *, object_name: str = ""
    ) -> None:
        empty = {"steps": np.empty(0, np.int64), "synapses": np.empty(0, np.int64), "values": np.empty(0)}
        super().__init__(f"{name} of {object_name} at events", dt, object_name, empty)
        self.name = name
        self.unit = unit
        self.size = size
        self._chosen = chosen_ids(elements, size, self.label)

    def append(self, steps: Steps, synapses: Ids, values: Floats) -> None:
        """Add events in order of time: ``steps``, ids of ``synapses``, ``values`` in base units, each [event].

        Events of synapses that are not recorded are dropped.
        """
        if self._chosen is not None:
            kept = np.isin(synapses, self._chosen)
            steps, synapses, values = steps[kept], synapses[kept], values[kept]
        self._store.append(steps=steps, synapses=synapses, values=values)

    def grow(self, size: int) -> None:
        """There are synapses with ids up to ``size`` by now."""
        self.size = max(self.size, size)

    def __len__(self) -> int:
        return len(self._store["steps"])

    def __repr__(self) -> str:
        return f"<EventRecording {self.label} [{unit_text(self.unit)}], {len(self)} events>"

    @property
    def elements(self) -> Ids:
        """The ids of the recorded synapses, [element]."""
        return np.arange(self.size) if self._chosen is None else self._chosen

    @property
    def steps(self) -> Steps:
        """The step of each event, [event]."""
        return self._store["steps"]

    @property
    def times(self) -> Quantity:
        """The time of each event in ms, [event]."""
        return self._times(self.steps)

    @property
    def synapses(self) -> Ids:
        """The id of the synapse of each event, [event]."""
        return self._store["synapses"]

    @property
    def values(self) -> Quantity:
        """The value at each event in the variable's unit, [event]."""
        return from_base(self._store["values"], self.unit)

    def of(self, synapse: int) -> tuple[Quantity, Quantity]:
        """Times in ms and values of the events of one synapse, each [event].

        Raises SimulationError (E603) if it is not recorded.
        """
        place_of(synapse, self.elements, self.label)
        mine = self.synapses == synapse
        return self._times(self.steps[mine]), from_base(self._store["values"][mine], self.unit)

    def to_xarray(self) -> xr.Dataset:
        """The events along dimension ``event``: ``time_ms``, ``synapse`` and the variable under its name."""
        import xarray as xr

        attributes = {"units": unit_text(self.unit), "long_name": self.name}
        return xr.Dataset(
            {
                "time_ms": ("event", self.times.magnitude, {"units": "ms"}),
                "synapse": ("event", owned(self.synapses)),
                self.name: ("event", owned(self.values.magnitude), attributes),
            },
            attrs={"object": self.object_name},
        )

    def to_pandas(self) -> pd.DataFrame:
        """One row for each event: ``time_ms``, ``synapse`` and the variable under its name; its unit is in ``.attrs``."""
        import pandas as pd

        columns = {"time_ms": self.times.magnitude, "synapse": owned(self.synapses), self.name: owned(self.values.magnitude)}
        frame = pd.DataFrame(columns)
        frame.attrs.update(units=unit_text(self.unit), long_name=self.name, object=self.object_name)
        return frame
