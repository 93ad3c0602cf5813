"""The window of plasticity: the change of the weight against the lag from the presynaptic to the postsynaptic spike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

import bouton as bt
from bouton import plots
from bouton.protocols.drive import stage, start
from bouton.protocols.protocol import Protocol, Ready
from bouton.units import TIME, Quantity, in_base, in_seconds, ms, second

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure

LAGS = np.arange(-100.0, 101.0, 2.0) * ms
BEFORE = 200 * ms
"""When the presynaptic spike of the first pairing comes: longer than any sensible lag."""


def window(
    rule: bt.SynapseModel,
    lags: Quantity = LAGS,
    *,
    pairings: int = 1,
    interval: Quantity = 1 * second,
    w: Any = 0.5,
    **options: Any,
) -> Ready:
    """Pair two spikes at each of ``lags``, ``pairings`` times at an ``interval``; each lag has a synapse of its own.

    The dataset has the coordinate ``lag`` in ms (positive if the presynaptic spike is first), ``change``, the final
    weight less the initial one, in the unit of the weight, and ``relative``, over the initial one. ``w`` is the initial one,
    unless it follows from other variables (``rho=``, …); ``options`` are those of `play`.
    G.-Q. Bi & M.-M. Poo, J. Neurosci. 18:10464 (1998), doi:10.1523/JNEUROSCI.18-24-10464.1998, figure 7, pair 60 times at 1 Hz.
    """
    import xarray

    shifts = np.atleast_1d(np.asarray(in_base(lags, TIME, where="protocols.window"), dtype=np.float64))
    starts = in_seconds(BEFORE, where="protocols.window") + np.arange(pairings) * in_seconds(interval, where="protocols.window")
    trains = [(starts + shift) * second for shift in shifts]
    staged = stage(rule, starts * second, trains, weigh=True, **start(rule, w), **options)

    def evaluate(**values: Any) -> xr.Dataset:
        played = staged.play(**values)
        assert played.initial is not None
        change, initial = played.change(), np.asarray(played.initial.magnitude)
        relative = change / np.where(initial == 0, np.nan, initial)
        unit = {"units": f"{played.final().units:~}" or "1"}
        return xarray.Dataset(
            {
                "change": ("lag", change, {**unit, "long_name": "change of the weight"}),
                "relative": ("lag", relative, {"units": "1", "long_name": "change of the weight over its initial value"}),
            },
            coords={"lag": ("lag", 1e3 * shifts, {"units": "ms", "long_name": "t_post - t_pre"})},
            attrs={"rule": rule.name, "pairings": pairings, "interval_s": in_seconds(interval, where="protocols.window")},
        )

    return evaluate


def draw(found: xr.Dataset) -> Figure:
    """The window, one point for each lag; changes as they are where weights begin at 0."""
    return plots.style.root(plots.window(found))


PROTOCOL = Protocol(
    name="window",
    title="pairs of spikes at lags from -100 to 100 ms",
    papers=("Bi & Poo (1998), doi:10.1523/JNEUROSCI.18-24-10464.1998",),
    stage=window,
    draw=draw,
    columns=lambda found: {"lag_ms": found["lag"].to_numpy()} | {n: found[n].to_numpy() for n in ("change", "relative")},
    options={"lags": LAGS, "pairings": 1, "w": 0.5, "dt": 0.1 * ms},
)
