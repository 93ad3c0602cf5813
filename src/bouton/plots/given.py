"""What is given to a figure, as plain numbers with what belongs to them: recordings, labelled arrays, arrays with units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from bouton.errors import Code, NetworkError
from bouton.recording import RateRecording, SpikeRecording, TraceRecording
from bouton.recording.base import place_of
from bouton.runtime.handle import Handle
from bouton.units import QUANTITY_TYPE, TIME, in_base, ms, parse_unit, registry

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]

LONG = 2_000.0
"""From so many ms on time is shown in seconds."""


@dataclass(frozen=True)
class Spikes:
    """Spikes of the elements ``ids``: ``times`` in ms and ``indices``, both [spike], from ``begin`` to ``end``, in ms."""

    times: Floats
    indices: Ids
    ids: Ids
    begin: float
    end: float
    owner: str = ""


@dataclass(frozen=True)
class Samples:
    """One variable: ``times`` in ms, [time], ``values`` in ``unit``, [time, line]; ``ids`` are those of the lines."""

    times: Floats
    values: Floats
    ids: Ids
    label: str
    unit: str
    owner: str = ""


def refuse(thing: Any, where: str, expected: str, hint: str | None = None) -> NoReturn:
    """Raises NetworkError (E401): a figure cannot be made of this."""
    shown = f"{thing!r}".splitlines()[0] if thing is not None else "None"
    raise NetworkError(Code.BAD_VALUE, f"{shown:.60} cannot be drawn", where=f"bt.plots.{where}", expected=expected, hint=hint)


def with_unit(name: str, unit: Any) -> str:
    """A label: the name, and the unit in brackets if there is one; ``unit`` is one, or its text."""
    if isinstance(unit, str):
        try:
            unit = parse_unit(unit)
        except KeyError:  # of a file that somebody else has written
            return f"{name} ({unit})"
    shown = f"{unit:~P}"
    return f"{name} ({shown})" if shown else name


def time_axis(end: float) -> tuple[float, str]:
    """What ms are divided by where time goes on until ``end``, and the label."""
    return (1e3, "Time (s)") if abs(end) >= LONG else (1.0, "Time (ms)")


def in_ms(times: Any, where: str) -> Floats:
    """Times as numbers, [time]. Raises UnitError (E301) if they are none."""
    in_base(times, TIME, where=f"bt.plots.{where}")
    return np.atleast_1d(np.asarray(times.to(ms).magnitude, dtype=np.float64))


def plain(values: Any) -> tuple[Floats, str]:
    """The numbers of an array with a unit or without one, and the unit's text."""
    if not isinstance(values, QUANTITY_TYPE):
        return np.asarray(values, dtype=np.float64), "1"
    quantity: Any = values
    return np.asarray(quantity.magnitude, dtype=np.float64), f"{quantity.units:~}" or "1"


def number_in(value: Any, unit: str, where: str) -> float:
    """One value as a number in ``unit``; numbers are taken as they are. Raises UnitError (E301)."""
    if not isinstance(value, QUANTITY_TYPE):
        return float(value)
    wanted = parse_unit(unit)
    in_base(value, wanted.dimensionality, where=f"bt.plots.{where}")
    quantity: Any = value
    return float(quantity.to(wanted).magnitude)


def spikes_of(given: Any, where: str, size: int | None = None) -> Spikes:
    """A `SpikeRecording`, a dataset of one, or times with a unit and indices (one row, if they are left out).

    ``size`` is the number of elements where they are not known.
    """
    if isinstance(given, SpikeRecording):
        exported = given.to_xarray().attrs
        begin, end = float(exported["start_ms"]), float(exported["stop_ms"])
        return Spikes(given.times.magnitude, given.indices, np.asarray(given.elements), begin, end, given.object_name)
    if hasattr(given, "data_vars") and {"time_ms", "element"} <= set(given.data_vars):
        times, indices = (given[name].to_numpy() for name in ("time_ms", "element"))
        begin, end = (float(given.attrs.get(f"{edge}_ms", other)) for edge, other in (("start", 0.0), ("stop", _last(times))))
        return Spikes(times, indices, _ids(indices, size), begin, end, str(given.attrs.get("object", "")))
    pair = given if isinstance(given, tuple) and len(given) == 2 else (given, None)
    if not isinstance(pair[0], QUANTITY_TYPE):
        expected = "a SpikeRecording, its dataset, or times with a unit and indices"
        hint = (
            "Simulation.record_spikes(population)" if isinstance(given, RateRecording | TraceRecording) else "(times*ms, indices)"
        )
        refuse(given, where, expected, hint)
    times = in_ms(pair[0], where)
    indices = np.zeros(len(times), dtype=np.int64) if pair[1] is None else np.asarray(pair[1])
    if indices.shape != times.shape or indices.dtype.kind not in "iu":
        refuse(given, where, f"an index for each of the {len(times)} times")
    return Spikes(times, indices, _ids(indices, size), min(0.0, float(times.min(initial=0.0))), _last(times))


def _ids(indices: NDArray[Any], size: int | None) -> Ids:
    """The elements there are, if only those that fired are known."""
    return np.arange(int(indices.max(initial=0)) + 1 if size is None else size)


def _last(times: Floats) -> float:
    return float(times.max(initial=0.0))


def samples_of(given: Any, where: str, elements: Any = None) -> Samples:
    """A `TraceRecording`, a labelled array over time (and elements), or times with a unit and values, with or without one.

    ``elements`` are the ids of those wanted.
    """
    if isinstance(given, TraceRecording):
        found = Samples(
            given.times.magnitude, given.values.magnitude, given.elements, given.name, f"{given.unit:~}" or "1", given.object_name
        )
    elif hasattr(given, "dims") and hasattr(given, "coords"):
        found = _labelled(given, where)
    elif isinstance(given, tuple) and len(given) == 2 and isinstance(given[0], QUANTITY_TYPE):
        times, (values, unit) = in_ms(given[0], where), plain(given[1])
        if values.ndim not in {1, 2} or len(values) != len(times):
            refuse(given, where, f"as many values as the {len(times)} times, for one line or [time, line]")
        columns = values.reshape(len(times), -1)
        found = Samples(times, columns, np.arange(columns.shape[1]), "", unit)
    else:
        expected = "a TraceRecording, a labelled array over time, or times with a unit and values"
        refuse(given, where, expected, "Simulation.record(population, 'v')")
    if elements is None:
        return found
    wanted = np.atleast_1d(np.asarray(elements))
    columns_of = [place_of(int(element), found.ids, f"bt.plots.{where}") for element in wanted]
    return Samples(found.times, found.values[:, columns_of], found.ids[columns_of], found.label, found.unit, found.owner)


def _labelled(given: Any, where: str) -> Samples:
    """An `xarray.DataArray` whose first dimension is time."""
    if given.ndim not in {1, 2} or given.dims[0] not in given.coords:
        refuse(given, where, "an array over time, or over time and elements, with its times")
    time = given[given.dims[0]]
    unit = str(time.attrs.get("units", "ms"))
    times = in_ms(registry.Quantity(time.to_numpy(), unit), where)
    values = given.to_numpy().astype(np.float64).reshape(len(times), -1)
    known = given.ndim == 2 and given.dims[1] in given.coords
    ids = given[given.dims[1]].to_numpy() if known else np.arange(values.shape[1])
    return Samples(
        times, values, ids, str(given.name or ""), str(given.attrs.get("units", "1")), str(given.attrs.get("object", ""))
    )


def of_synapses(synapses: Handle, variable: str) -> tuple[Floats, str]:
    """A variable, sub-expression or parameter of each synapse, [synapse], and its unit. Raises NameError_ (E206)."""
    parameters = synapses.parameters
    values, unit = plain(getattr(parameters if variable in dir(parameters) else synapses, variable))
    return np.broadcast_to(values, synapses.sources.shape), unit


def is_projection(thing: Any) -> bool:
    """True for ``sim[projection]``."""
    return isinstance(thing, Handle) and "sources" in dir(thing)
