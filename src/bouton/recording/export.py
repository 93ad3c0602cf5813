"""Several recordings as one xarray dataset, and datasets as files."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from bouton.errors import Code, SimulationError
from bouton.recording.events import EventRecording
from bouton.recording.rates import RateRecording
from bouton.recording.spikes import SpikeRecording
from bouton.recording.traces import TraceRecording

if TYPE_CHECKING:
    import xarray as xr

Recording: TypeAlias = TraceRecording | SpikeRecording | RateRecording | EventRecording


def to_dataset(recordings: Mapping[str, Recording]) -> xr.Dataset:
    """The latest episode of several recordings side by side.

    A trace or rate ``v`` becomes the variable ``v`` over ``v_time`` (and ``v_element``); spikes or events ``s`` become
    ``s_time_ms``, ``s_element``, … over ``s_event``. Nothing is shared, since recordings may differ in their times.

    Raises SimulationError (E603) if two names lead to the same variable.
    """
    import xarray as xr

    merged = xr.Dataset()
    for name, recording in recordings.items():
        part = _renamed(name, recording.to_xarray())
        if taken := sorted(str(key) for key in {*merged.variables, *merged.dims} & {*part.variables, *part.dims}):
            raise SimulationError(
                Code.BAD_RECORDER, f"{taken[0]!r} is already in the dataset", where=f"recording {name!r}", hint="another name"
            )
        merged = merged.assign_coords(part.coords).assign(part.data_vars)
        merged.attrs.update({f"{name}_{key}": value for key, value in part.attrs.items()})
    return merged


def _renamed(name: str, exported: xr.DataArray | xr.Dataset) -> xr.Dataset:
    import xarray as xr

    if isinstance(exported, xr.DataArray):
        return exported.rename({key: f"{name}_{key}" for key in exported.dims}).to_dataset(name=name)
    return exported.rename({key: f"{name}_{key}" for key in (*exported.variables, *exported.dims)})


def save(dataset: xr.Dataset, path: str | os.PathLike[str]) -> None:
    """Write a dataset as NetCDF (``.nc``) or as NumPy arrays (``.npz``), replacing a file that is there.

    NumPy files have no attributes: the unit of array ``v`` is the text array ``v:units`` beside it.

    Raises SimulationError (E603) for any other suffix.
    """
    match Path(path).suffix:
        case ".nc":
            dataset.to_netcdf(path, engine="h5netcdf")
        case ".npz":
            arrays: dict[str, Any] = {str(name): variable.values for name, variable in dataset.variables.items()}
            for name, variable in dataset.variables.items():
                if "units" in variable.attrs:
                    arrays[f"{name}:units"] = variable.attrs["units"]
            np.savez_compressed(path, **arrays)
        case suffix:
            raise SimulationError(
                Code.BAD_RECORDER,
                f"files named {suffix or 'without a suffix'} cannot be written",
                where=f"save to {os.fspath(path)}",
                expected=".nc (NetCDF) or .npz (NumPy)",
            )
