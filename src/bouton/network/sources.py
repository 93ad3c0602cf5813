"""Sources of spikes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from bouton.equations.parse import parse_expression
from bouton.errors import Code, NetworkError, UnitError
from bouton.model.arguments import read_mapping
from bouton.model.timed_array import TimedArray
from bouton.network.population import AbstractPopulation, whole_numbers
from bouton.units import DIMENSIONLESS, QUANTITY_TYPE, TIME, dimension_of, in_base, registry, show_dimension, to_base


@final
class Poisson(AbstractPopulation):
    """Independent Poisson spike trains on the grid of the simulation.

    Parameters
    ----------
    size: number of trains.
    rate: one rate, an array of shape (size,), a `TimedArray`, or a text that may use ``t``, ``dt``,
        units and ``parameters``. In each step a train spikes with probability rate·dt.
    parameters: values for the names in a text.

    Raises NetworkError (E401) for rates below 0 or not finite, UnitError (E301) if not a rate; a rate
    above 1/dt is refused when the simulation is made.
    """

    __slots__ = ("expression", "parameters", "rate")
    _making = "bt.Poisson"

    kind = "Poisson"

    def __init__(self, size: int, rate: Any, *, parameters: Mapping[str, Any] | None = None, name: str | None = None) -> None:
        super().__init__(size, name)
        self.rate = rate
        self.expression = parse_expression(rate, f"{name or 'Poisson'} rate") if isinstance(rate, str) else None
        self.parameters = read_mapping(parameters, "parameters", name or self.kind)
        if self.expression is None:
            check_rate(rate, name or self.kind)


def check_rate(rate: Any, where: str) -> NDArray[np.float64]:
    """Rates in 1/s, shape () , (n,) or (bins, …). Raises as `Poisson` does."""
    if isinstance(rate, TimedArray):
        if rate.dimension != 1 / TIME:
            raise UnitError(
                Code.DIMENSION,
                f"the values have dimension {show_dimension(rate.dimension)}",
                where=f"{where} rate",
                expected=show_dimension(1 / TIME),
            )
        values = rate.data
    else:
        values = np.asarray(in_base(rate, 1 / TIME, where=f"{where} rate"))
        if values.ndim > 1:
            raise NetworkError(
                Code.BAD_SHAPE, f"the rate has shape {values.shape}", where=where, expected="one rate, or one for each train"
            )
    bad = ~(np.isfinite(values) & (values >= 0))
    if bad.any():
        raise NetworkError(
            Code.BAD_VALUE, f"a rate is {values[bad].flat[0]:g} Hz", where=where, expected="finite rates of at least 0 Hz"
        )
    return values


@final
class Regular(AbstractPopulation):
    """Regular spike trains: a spike at ``start`` and then every ``period``.

    Parameters
    ----------
    size: number of trains.
    period, start: times, one for all or arrays of shape (size,). Spikes fall on the nearest step.

    Raises NetworkError (E401) for a period ≤ 0 or a start < 0.
    """

    __slots__ = ("period", "start")
    _making = "bt.Regular"

    kind = "Regular"

    def __init__(self, size: int, period: Any, *, start: Any = 0, name: str | None = None) -> None:
        super().__init__(size, name)
        self.period = _per_element(period, size, f"{name or self.kind} period")
        self.start = _per_element(start, size, f"{name or self.kind} start")
        if not (self.period > 0).all():
            raise NetworkError(Code.BAD_VALUE, f"the period is {period}", where=name or self.kind, expected="above 0")
        if not (self.start >= 0).all():
            raise NetworkError(Code.BAD_VALUE, f"the start is {start}", where=name or self.kind, expected="at least 0")


def _per_element(value: Any, size: int, where: str) -> NDArray[np.float64]:
    array = np.asarray(in_base(value, TIME, where=where))
    if array.shape not in {(), (size,)}:
        raise NetworkError(Code.BAD_SHAPE, f"found shape {array.shape}", where=where, expected=f"one time or ({size},)")
    if not np.isfinite(array).all():
        raise NetworkError(Code.BAD_VALUE, f"found {value!s:.60}", where=where, expected="finite times")
    return np.broadcast_to(array, (size,)).astype(np.float64)


@final
class SpikeTimes(AbstractPopulation):
    """Given spike trains, optionally with a weight for each spike.

    Parameters
    ----------
    size: number of trains.
    times: quantity of shape (spikes,), in order for each train.
    indices: the train of each spike, shape (spikes,); may be left out if there is one train.
    weights: values read as ``spike_weight`` in presynaptic blocks, shape (spikes,).
    off_grid: ``"refuse"`` times that are not a multiple of dt (to within 1e-6 of a step), or
        ``"round"`` them to the nearest step.

    Several spikes of one train in one step act one after another. Raises NetworkError: E402 (negative,
    NaN, unsorted), E405 (index), E407 (lengths differ). E403 (off the grid) when the simulation is made.
    """

    __slots__ = ("indices", "off_grid", "spike_weights", "times", "weights")
    _making = "bt.SpikeTimes"

    kind = "SpikeTimes"

    def __init__(
        self,
        size: int,
        times: Any,
        indices: Any = None,
        *,
        weights: Any = None,
        off_grid: str = "refuse",
        name: str | None = None,
    ) -> None:
        super().__init__(size, name)
        where = name or self.kind
        if off_grid not in {"refuse", "round"}:
            raise NetworkError(Code.BAD_VALUE, f"off_grid={off_grid!r}", where=where, expected="'refuse' or 'round'")
        self.off_grid = off_grid
        _check_order(times, indices, where)
        self.times: NDArray[np.float64] = np.atleast_1d(in_base(times, TIME, where=f"{where} times")).ravel()
        self.indices = _train_indices(indices, size, len(self.times), where)
        self.weights = weights
        spike_weights: NDArray[np.float64] | None = None
        if weights is not None:
            given = np.asarray(to_base(weights, where=f"{where} weights"))
            if given.shape not in {(), self.times.shape}:
                raise NetworkError(
                    Code.BAD_SHAPE,
                    f"weights of shape {given.shape} for {len(self.times)} spikes",
                    where=where,
                    expected="one weight, or one for each spike",
                )
            spike_weights = np.broadcast_to(given, self.times.shape).astype(np.float64)
        self.spike_weights = spike_weights
        self._check(where)

    def _check(self, where: str) -> None:
        if self.spike_weights is not None and not np.isfinite(self.spike_weights).all():
            raise NetworkError(Code.BAD_VALUE, "a spike weight is not finite", where=where, expected="finite weights")
        for problem, bad in (("is not finite", ~np.isfinite(self.times)), ("is negative", self.times < 0)):
            if bad.any():
                at = int(np.flatnonzero(bad)[0])
                raise NetworkError(
                    Code.BAD_SPIKE_TIMES,
                    f"time {at} of train {self.indices[at]} {problem}: {self.times[at] * 1e3:g} ms",
                    where=where,
                    expected="times of at least 0 ms",
                )
        order = np.argsort(self.indices, kind="stable")
        train, time = self.indices[order], self.times[order]
        back = (np.diff(time) < 0) & (np.diff(train) == 0)
        if back.any():
            at = int(np.flatnonzero(back)[0])
            raise NetworkError(
                Code.BAD_SPIKE_TIMES,
                f"train {train[at]} is not in order: {time[at + 1] * 1e3:g} ms after {time[at] * 1e3:g} ms",
                where=where,
                expected="non-decreasing times for each train",
                hint="sort each train, as with numpy.sort",
            )

    @classmethod
    def from_trains(cls, trains: Sequence[Any], **options: Any) -> SpikeTimes:
        """One train for each entry of ``trains``, a sequence of quantities of shape (spikes,)."""
        bases = [np.atleast_1d(in_base(t, TIME, where=f"spike train {i}")).ravel() for i, t in enumerate(trains)]
        indices = np.repeat(np.arange(len(bases)), [len(b) for b in bases])
        return cls(len(bases), registry.Quantity(np.concatenate(bases or [np.empty(0)]), "second"), indices, **options)


def _check_order(times: Any, indices: Any, where: str) -> None:
    """Raises UnitError (E301) if times and indices have changed places."""
    if isinstance(indices, QUANTITY_TYPE) and dimension_of(indices) == TIME and dimension_of(times) == DIMENSIONLESS:
        raise UnitError(
            Code.DIMENSION,
            f"the indices are {indices!s:.60}",
            where=where,
            expected="times before indices",
            hint="SpikeTimes(size, times, indices)",
        )


def _train_indices(indices: Any, size: int, spikes: int, where: str) -> NDArray[np.int64]:
    if indices is None:
        if size != 1 and spikes:
            raise NetworkError(
                Code.MISSING_VALUE, f"indices are missing for {size} trains", where=where, expected="one index a spike"
            )
        return np.zeros(spikes, dtype=np.int64)
    array = np.asarray(indices).ravel()
    if array.shape != (spikes,):
        raise NetworkError(Code.BAD_SHAPE, f"{len(array)} indices for {spikes} times", where=where, expected="equal lengths")
    trains = whole_numbers(array, f"{where} indices")
    bad = (trains < 0) | (trains >= size)
    if bad.any():
        raise NetworkError(Code.BAD_INDEX, f"index {trains[bad][0]} is out of range", where=where, expected=f"0 to {size - 1}")
    return trains
