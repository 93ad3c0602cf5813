"""The rate of a whole population, step by step, smoothed or in bins."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from bouton.errors import Code, SimulationError, one_of
from bouton.recording.base import AbstractRecording
from bouton.recording.store import Floats, Steps
from bouton.units import Hz, Quantity, in_seconds, registry

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

_DIRECT = 10_000_000  # products up to which a plain convolution is faster than importing scipy.signal


class RateRecording(AbstractRecording):
    """The number of spikes of a population in each step. Step k has the time k·dt.

    Parameters
    ----------
    dt: the time step in seconds.
    size: number of elements of the population.
    object_name: the recorded object.
    """

    def __init__(self, dt: float, size: int, *, object_name: str = "") -> None:
        super().__init__(f"rate of {object_name}", dt, object_name, {"counts": np.empty(0, np.int64)})
        self.size = size

    def append(self, start_step: int, counts: NDArray[np.int64]) -> None:
        """Add the spike counts [step] of the steps from ``start_step`` on.

        Raises SimulationError (E603) if that is not the step after the last one recorded.
        """
        store = self._store
        if not store.n_steps:
            store.first_step = start_step
        following = store.first_step + store.n_steps
        if start_step != following:
            raise SimulationError(
                Code.BAD_RECORDER, f"counts from step {start_step} on", where=self.label, expected=f"step {following}"
            )
        store.append(counts=counts)
        store.n_steps += len(counts)

    def __len__(self) -> int:
        return self._store.n_steps

    def __repr__(self) -> str:
        return f"<RateRecording {self.label}, {len(self)} steps>"

    @property
    def steps(self) -> Steps:
        """The recorded steps, [step]."""
        return np.arange(len(self)) + self._store.first_step

    @property
    def times(self) -> Quantity:
        """The time at which each step begins in ms, [step]."""
        return self._times(self.steps)

    @property
    def counts(self) -> NDArray[np.int64]:
        """The number of spikes in each step, [step]."""
        return self._store["counts"]

    def rate(
        self,
        smooth: Literal["window", "gaussian"] | None = None,
        width: Quantity | None = None,
        *,
        ends: Literal["silence", "unknown"] = "silence",
    ) -> Quantity:
        """The population's mean rate per element in Hz, [step].

        Parameters
        ----------
        smooth: "window" is a running mean over the odd number of steps nearest to ``width``; "gaussian" weights with a
            Gaussian of SD ``width``, cut off at ±2 SD. Both are normalised.
        width: a time.
        ends: what lies before and after the recording counts as "silence", by which rates fall towards its ends as those of
            Brian2's ``smooth_rate`` do, step by step; or it is "unknown", and the mean is over what was recorded.

        Raises SimulationError (E603) if ``smooth`` or ``ends`` is unknown, or ``width`` is missing, not positive or without
        ``smooth``.
        """
        rate = self.counts / (self.size * self.dt)
        if smooth is None and width is None:
            return registry.Quantity(rate, Hz)
        if smooth not in ("window", "gaussian"):
            raise SimulationError(
                Code.BAD_RECORDER, f"smooth={smooth!r}", where=self.label, expected=one_of(["'window'", "'gaussian'"])
            )
        if ends not in ("silence", "unknown"):
            raise SimulationError(
                Code.BAD_RECORDER, f"ends={ends!r}", where=self.label, expected=one_of(["'silence'", "'unknown'"])
            )
        kernel = _kernel(smooth, self._width(width))
        smoothed = _convolve(rate, kernel)
        return registry.Quantity(smoothed / _inside(len(rate), kernel) if ends == "unknown" else smoothed, Hz)

    def binned(self, width: Quantity) -> tuple[Quantity, Quantity]:
        """Mean rate in bins of ``width``: the time at which each bin begins in ms, [bin], and the rates in Hz, [bin].

        A last bin that is not full is left out. Raises SimulationError (E603) if ``width`` is not a whole number of steps
        or longer than what was recorded.
        """
        exact = self._width(width)
        per_bin = round(exact)
        n_bins = len(self) // max(per_bin, 1)
        if abs(exact - per_bin) > 1e-6 or not per_bin or not n_bins:
            raise SimulationError(
                Code.BAD_RECORDER,
                f"bins of {width!s}, {exact:g} steps",
                where=self.label,
                expected=f"a whole number of steps, at most the {len(self)} recorded",
            )
        sums = self.counts[: n_bins * per_bin].reshape(n_bins, per_bin).sum(axis=1)
        starts = self._times(self._store.first_step + np.arange(n_bins) * per_bin)
        return starts, registry.Quantity(sums / (per_bin * self.size * self.dt), Hz)

    def to_xarray(self) -> xr.DataArray:
        """The rate in Hz along dimension ``time`` in ms."""
        import xarray as xr

        return xr.DataArray(
            self.rate().magnitude,
            dims="time",
            coords={"time": ("time", self.times.magnitude, {"units": "ms"})},
            name="rate",
            attrs={"units": "Hz", "long_name": "population rate", "object": self.object_name},
        )

    def to_pandas(self) -> pd.Series[float]:
        """The rate, named ``rate_Hz``, with index ``time_ms``."""
        import pandas as pd

        return pd.Series(self.rate().magnitude, index=pd.Index(self.times.magnitude, name="time_ms"), name="rate_Hz")

    def _width(self, width: Quantity | None) -> float:
        """``width`` in steps."""
        # rounded so that 10 ms / 0.1 ms is 100
        steps = 0.0 if width is None else round(in_seconds(width, where=f"width, {self.label}") / self.dt, 6)
        if not 0.0 < steps < math.inf:
            raise SimulationError(Code.BAD_RECORDER, f"width={width!s}", where=self.label, expected="a time above 0")
        return steps


def _kernel(smooth: Literal["window", "gaussian"], width: float) -> Floats:
    """Weights of odd number that sum to 1; ``width`` in steps."""
    if smooth == "window":
        n = 2 * int(width / 2) + 1
        return np.full(n, 1 / n)
    half = round(2 * width)  # only the cut-off is rounded, not the SD
    weights = np.exp(-(np.arange(-half, half + 1) ** 2) / (2 * width**2))
    normalised: Floats = weights / weights.sum()
    return normalised


def _convolve(rate: Floats, kernel: Floats) -> Floats:
    """``rate`` weighted with a kernel of odd length around each step."""
    if not len(rate):
        return rate
    if len(rate) * len(kernel) <= _DIRECT:
        full = np.convolve(rate, kernel)
    else:
        size = 1 << (len(rate) + len(kernel) - 2).bit_length()  # by NumPy: importing scipy.signal takes half a second
        full = np.fft.irfft(np.fft.rfft(rate, size) * np.fft.rfft(kernel, size), size)
        full = np.maximum(full, 0.0)  # rounding leaves -1e-13 where nothing fired
    half = len(kernel) // 2
    return full[half : half + len(rate)]


def _inside(length: int, kernel: Floats) -> Floats:
    """How much of the kernel around each of so many steps lies within them."""
    summed, steps, half = np.concatenate(([0.0], np.cumsum(kernel))), np.arange(length), len(kernel) // 2
    found: Floats = summed[np.minimum(length - steps + half, len(kernel))] - summed[np.maximum(half - steps, 0)]
    return found
