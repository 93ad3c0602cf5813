"""Spike trains given by the user, as steps in the order in which they act."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bouton.errors import Code, NetworkError, UnitError
from bouton.network.population import AbstractPopulation
from bouton.network.sources import Regular, SpikeTimes
from bouton.runtime.grid import LARGEST, TOLERANCE
from bouton.units import dimension_of, show_dimension


@dataclass(frozen=True)
class SpikeData:
    """Steps, trains and weights, sorted by step and train; ``width`` is the most spikes in one step.

    ``repeating`` says that a train has several spikes in one step.
    """

    steps: NDArray[np.int64]
    trains: NDArray[np.int64]
    weights: NDArray[np.float64] | None
    width: int
    repeating: bool


def spike_data(given: SpikeTimes, dt: float, where: str) -> SpikeData:
    """Times to steps. Raises NetworkError (E403) for times off the grid, unless they may be rounded."""
    exact = given.times / dt
    if (exact > LARGEST).any():
        at = int(np.argmax(exact))
        raise NetworkError(
            Code.BAD_SPIKE_TIMES,
            f"spike {at} of train {given.indices[at]} at {given.times[at]:g} s is beyond the last step",
            where=where,
            expected=f"times of at most {LARGEST * dt:g} s",
        )
    steps = np.rint(exact).astype(np.int64)
    if given.off_grid == "refuse":
        off = np.abs(exact - steps) > TOLERANCE * np.maximum(1.0, np.abs(exact))
        if off.any():
            at = int(np.flatnonzero(off)[0])
            raise NetworkError(
                Code.OFF_GRID,
                f"spike {at} of train {given.indices[at]} at {given.times[at] * 1e3:g} ms is not on the grid",
                where=where,
                expected=f"multiples of dt = {dt * 1e3:g} ms",
                hint="SpikeTimes(…, off_grid='round')",
            )
    order = np.lexsort((given.indices, steps))
    most = int(np.bincount(steps[order] - steps.min()).max()) if len(steps) and np.ptp(steps) < 10**8 else len(steps)
    weights = None if given.spike_weights is None else given.spike_weights[order]
    steps, trains = steps[order], given.indices[order]
    repeating = bool(((np.diff(steps) == 0) & (np.diff(trains) == 0)).any())
    return SpikeData(steps, trains, weights, max(given.size, most), repeating)


def fixed_values(data: SpikeData) -> dict[str, Any]:
    """The slots that hold the data."""
    values: dict[str, Any] = {"given steps": data.steps, "given trains": data.trains}
    if data.weights is not None:
        values["given weights"] = data.weights
    return values


def check_replaces(new: SpikeTimes, old: AbstractPopulation, where: str) -> None:
    """New trains must carry weights like those they replace: blocks read them.

    Raises NetworkError (E401), UnitError (E301).
    """
    if not isinstance(old, SpikeTimes):
        return  # forced spikes, whose weights nobody reads
    if (new.weights is None) != (old.weights is None):
        raise NetworkError(
            Code.BAD_VALUE,
            f"the new spikes have {'no ' if new.weights is None else ''}weights",
            where=where,
            expected=f"spikes {'without' if old.weights is None else 'with'} weights, as before",
        )
    if dimension_of(new.weights) != dimension_of(old.weights):
        raise UnitError(
            Code.DIMENSION,
            f"the new weights have dimension {show_dimension(dimension_of(new.weights))}",
            where=where,
            expected=show_dimension(dimension_of(old.weights)),
        )


def check_period(source: Regular, dt: float, where: str) -> None:
    """Raises NetworkError (E401) if a train would have to spike twice in a step."""
    shortest = float(source.period.min())
    if shortest < dt * (1.0 - TOLERANCE):
        raise NetworkError(
            Code.BAD_VALUE, f"a period is {shortest * 1e3:g} ms", where=where, expected=f"at least dt = {dt * 1e3:g} ms"
        )
