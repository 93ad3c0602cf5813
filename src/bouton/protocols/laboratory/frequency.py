"""Frequency dependence: pairings at several rates, with the presynaptic or the postsynaptic spike first.

P. J. Sjöström, G. G. Turrigiano & S. B. Nelson, Neuron 32:1149 (2001), doi:10.1016/S0896-6273(01)00542-6: layer 5 of
visual cortex.
The protocol is the one that J.-P. Pfister & W. Gerstner, J. Neurosci. 26:9673 (2006), fitted: 60 pairings at each rate.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

import bouton as bt
from bouton import plots
from bouton.protocols.drive import begin, stage, start
from bouton.protocols.protocol import Protocol, Ready
from bouton.units import ms

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure

RATES = (0.1, 10.0, 20.0, 40.0, 50.0)
LAGS = (10.0, -10.0)
MEASURED = np.array([[-0.04, 0.14, 0.29, 0.53, 0.56], [-0.29, -0.41, -0.34, 0.56, 0.75]])
ERRORS = np.array([[0.05, 0.10, 0.14, 0.11, 0.26], [0.08, 0.11, 0.10, 0.32, 0.19]])
"""Changes over the initial weight and their standard errors, by lag and rate."""
FIRST = 100.0


def frequency(
    rule: bt.SynapseModel, *, pairings: int = 60, w: float | None = None, of: float | None = None, **options: Any
) -> Ready:
    """Pair spikes ``pairings`` times at each rate and lag, a synapse for each; ``options`` are those of `play`.

    The dataset is over ``lag`` (ms, positive if the presynaptic spike is first) and ``rate`` (Hz): ``change``, the final
    weight less the initial one ``w``, over the weight ``of`` which the change is asked for; ``measured`` and ``error`` of the
    experiment.
    ``attrs["score"]`` is the mean of ((change - measured)/error)².
    """
    import xarray

    w, of = begin(rule, w, of)
    trains = [FIRST + np.round(np.arange(pairings) * 1e3 / rate) for rate in RATES]
    pre = [train * ms for _ in LAGS for train in trains]
    post = [(train + lag) * ms for lag in LAGS for train in trains]
    staged = stage(rule, pre, post, weigh=True, **{"dt": 1 * ms, **start(rule, w), **options})
    dims = ("lag", "rate")

    def evaluate(**values: Any) -> xr.Dataset:
        change = staged.play(**values).change().reshape(MEASURED.shape) / of
        score = float((((change - MEASURED) / ERRORS) ** 2).mean())
        return xarray.Dataset(
            {"change": (dims, change), "measured": (dims, MEASURED), "error": (dims, ERRORS)},
            coords={"lag": ("lag", list(LAGS), {"units": "ms"}), "rate": ("rate", list(RATES), {"units": "Hz"})},
            attrs={"rule": rule.name, "score": score, "source": "Sjöström, Turrigiano & Nelson (2001)"},
        )

    return evaluate


def draw(found: xr.Dataset) -> Figure:
    """Lines for the rule, points with error bars for the experiment."""
    return plots.style.root(plots.frequency(found))


def columns(found: xr.Dataset) -> Mapping[str, Any]:
    """A row for each pairing of lag and rate."""
    flat = found.stack(pairing=("lag", "rate"))
    table = {"lag_ms": flat["lag"].to_numpy(), "rate_Hz": flat["rate"].to_numpy()}
    return table | {name: flat[name].to_numpy() for name in ("change", "measured", "error")}


PROTOCOL = Protocol(
    name="frequency",
    title="60 pairings at 0.1 to 50 Hz",
    papers=("Sjöström, Turrigiano & Nelson (2001), doi:10.1016/S0896-6273(01)00542-6",),
    stage=frequency,
    draw=draw,
    columns=columns,
    score="mean squared error in units of the standard error",
    options={"pairings": 60, "w": None, "of": None, "dt": 1 * ms},
)
