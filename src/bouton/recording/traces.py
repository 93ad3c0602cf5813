"""Samples of one variable at regular times."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bouton.recording.base import AbstractRecording, fixed_ids, owned, place_of, unit_text
from bouton.recording.store import Floats, Ids, Steps
from bouton.units import Quantity, Unit, from_base

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr


class TraceRecording(AbstractRecording):
    """One variable of some elements, sampled as a run goes on.

    Parameters
    ----------
    name: the variable.
    unit: its declared unit, in which values are shown.
    dt: the time step in seconds.
    elements: the recorded element ids, [element].
    offset: 1 for samples of the end of a step, which belong to (step + 1)·dt; 0 for its start or after a phase.
    object_name: the recorded object.
    """

    def __init__(self, name: str, unit: Unit, dt: float, elements: ArrayLike, offset: int = 1, *, object_name: str = "") -> None:
        ids = fixed_ids(elements)
        empty = {"steps": np.empty(0, np.int64), "values": np.empty((0, len(ids)))}
        super().__init__(f"{name} of {object_name}", dt, object_name, empty)
        self.name = name
        self.unit = unit
        self.offset = offset
        self._elements = ids

    def append(self, steps: Steps, values: Floats) -> None:
        """Add samples: ``steps`` [time] are the steps they were taken in, ``values`` [time, element] in base units."""
        self._store.append(steps=steps, values=values)

    def __len__(self) -> int:
        return len(self._store["steps"])

    def __repr__(self) -> str:
        return f"<TraceRecording {self.label} [{unit_text(self.unit)}], {len(self)} samples of {len(self._elements)} elements>"

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        return np.array(self.values.magnitude, dtype=dtype, copy=copy)

    @property
    def elements(self) -> Ids:
        """The recorded element ids, [element]."""
        return self._elements

    @property
    def steps(self) -> Steps:
        """The times of the samples in whole steps, [time]."""
        return self._store["steps"] + self.offset

    @property
    def times(self) -> Quantity:
        """The times of the samples in ms, [time]."""
        return self._times(self.steps)

    @property
    def values(self) -> Quantity:
        """The samples in the variable's unit, [time, element]."""
        return from_base(self._store["values"], self.unit)

    def of(self, element: int) -> Quantity:
        """The samples of one element, [time]. Raises SimulationError (E603) if it is not recorded."""
        column = place_of(element, self._elements, self.label)
        return from_base(self._store["values"][:, column], self.unit)

    def to_xarray(self) -> xr.DataArray:
        """The samples with dimensions (time, element) and times in ms."""
        import xarray as xr

        return xr.DataArray(
            owned(self.values.magnitude),
            dims=("time", "element"),
            coords={"time": ("time", self.times.magnitude, {"units": "ms"}), "element": self._elements.copy()},
            name=self.name,
            attrs=self._attributes(),
        )

    def to_pandas(self) -> pd.DataFrame:
        """One row for each time (index ``time_ms``), one column for each element; the unit is in ``.attrs``."""
        import pandas as pd

        frame = pd.DataFrame(
            owned(self.values.magnitude),
            index=pd.Index(self.times.magnitude, name="time_ms"),
            columns=pd.Index(self._elements, name="element"),
        )
        frame.attrs.update(self._attributes())
        return frame

    def _attributes(self) -> dict[str, str]:
        return {"units": unit_text(self.unit), "long_name": self.name, "object": self.object_name}
