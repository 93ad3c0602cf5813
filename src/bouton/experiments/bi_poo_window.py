"""The critical window of hippocampal synapses: one isolated pair of spikes changes the weight by an exponential of their lag.

Source
------
G.-Q. Bi & M.-M. Poo, J. Neurosci. 18:10464 (1998), doi:10.1523/JNEUROSCI.18-24-10464.1998, figure 7: 60 pairs at 1 Hz in
hippocampal cultures. The two time constants, 16.8 ms and 33.7 ms: the same, Annu. Rev. Neurosci. 24:139 (2001),
doi:10.1146/annurev.neuro.24.1.139.

Symbols
-------
``A_plus`` and ``A_minus`` the changes by a pair at once, as a share of w_max; τ₊ and τ₋ of potentiation and depression.

What is shown
-------------
An isolated pair gives A₊ exp(−Δt/τ₊), or −A₋ exp(Δt/τ₋) if the postsynaptic spike is first, to rounding, with all four pairing
schemes; 60 pairs at 1 Hz give 60 times as much. The time constants are within two standard errors of those of the points.

What differs
------------
- The points were read off the figure, by others than the authors (github.com/ShuangLiBCM/Plasticity_ker).
- The amplitudes of 60 pairs are fitted to them here, with the two time constants given; the initial weight is half of w_max.
- Between −4.5 and 0 ms, where the measured changes have both signs, no points are fitted.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

import bouton as bt
from bouton import plots
from bouton.experiments.base import Check, Experiment, Result
from bouton.experiments.references import largest, unchanged
from bouton.plots import style
from bouton.units import ms, second

if TYPE_CHECKING:
    import xarray
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]

# Figure 7: t_post - t_pre in ms, and the change of the synaptic current in per cent
LAGS = np.array([
    -102.9, -80.9, -75.6, -67.6, -64.8, -63.6, -43.9, -24.3, -24.2, -20.3, -17.8, -15.4, -12.7, -8.3, -5.9, -5.0, -5.0, -4.7,
    -4.2, -4.1, -3.6, -2.6, 1.5, 3.6, 4.8, 4.8, 5.0, 5.3, 6.2, 6.3, 6.5, 6.7, 6.7, 6.8, 7.0, 7.3, 15.7, 16.1, 25.6, 26.4, 34.9,
    57.2, 76.6, 86.6, 95.4,
])  # fmt: skip
CHANGES = np.array([
    -1.3, -12.7, 2.7, 0.2, -6.2, -1.0, -12.4, -14.0, -7.9, -21.3, -12.0, -3.9, -29.0, -22.5, -33.1, -20.1, -12.8, -40.0, -14.9,
    0.9, 23.2, 75.0, 88.3, 30.1, 100.1, 21.1, 56.0, 32.9, 53.5, 92.8, 49.1, 82.7, 2.1, 20.3, 70.9, 32.9, 34.9, 43.4, 15.4, 3.7,
    18.7, -9.7, 10.9, -2.9, 4.0,
])  # fmt: skip

GAP = 4.5  # ms, before the presynaptic spike: where signs are mixed
SCHEMES = bt.rules.PairSTDP.options["pairing"]

SETTINGS: Mapping[str, Any] = {
    "lags": np.concatenate([np.arange(-100, 0), np.arange(1, 101)]) * ms,
    "pairings": 60,
    "interval": 1 * second,
    "dt": 1 * ms,
    "tau_plus": 16.8 * ms,
    "tau_minus": 33.7 * ms,
    "w": 0.5,
}


def fit(after: bool, tau: float | None = None) -> tuple[float, float, float]:
    """Amplitude, time constant in ms and its standard error of one side of what was measured, or with a given ``tau``."""
    chosen = LAGS > 0 if after else LAGS < -GAP
    ages, changes = np.abs(LAGS[chosen]), CHANGES[chosen] / 100
    taus = np.arange(5.0, 100.0, 0.05) if tau is None else np.array([tau])
    kernels = np.exp(-ages / taus[:, None])
    amplitudes = kernels @ changes / (kernels**2).sum(1)
    squares = ((amplitudes[:, None] * kernels - changes) ** 2).sum(1)
    best = int(squares.argmin())
    kernel, amplitude, found = kernels[best], float(amplitudes[best]), float(taus[best])
    slopes = np.column_stack([kernel, amplitude * kernel * ages / found**2])
    covariance = np.linalg.inv(slopes.T @ slopes) * squares[best] / (len(ages) - 2)
    return amplitude, found, float(np.sqrt(covariance[1, 1]))


def rule(settings: Mapping[str, Any], pairing: str = "all_to_all") -> bt.SynapseModel:
    """Pair STDP whose 60 pairs have the measured amplitudes, relative to the initial weight."""
    taus = {name: settings[name] for name in ("tau_plus", "tau_minus")}
    up, down = (fit(name == "tau_plus", float(tau.to(ms).magnitude))[0] for name, tau in taus.items())
    share = settings["w"] / settings["pairings"]
    return bt.rules.PairSTDP("bi_poo2001", pairing=pairing, A_plus=up * share, A_minus=-down * share, **taus)


def formula(settings: Mapping[str, Any], made: bt.SynapseModel) -> Floats:
    """What one isolated pair is to change, by lag."""
    lags = settings["lags"].to(ms).magnitude
    tau_plus, tau_minus = (float(settings[name].to(ms).magnitude) for name in ("tau_plus", "tau_minus"))
    up, down = made.parameters["A_plus"] * np.exp(-lags / tau_plus), made.parameters["A_minus"] * np.exp(lags / tau_minus)
    changes: Floats = np.where(lags > 0, up, -down)
    return changes


def window(settings: Mapping[str, Any], made: bt.SynapseModel, pairings: int, backend: str) -> Floats:
    """The changes by lag, each with a synapse of its own."""
    given = {"w": settings["w"], "dt": settings["dt"], "options": {"backend": backend}}
    found = bt.protocols.window(made, settings["lags"], pairings=pairings, interval=settings["interval"], **given)
    changes: Floats = found["change"].to_numpy()
    return changes


def one(settings: Mapping[str, Any], seed: int = 0) -> bt.Simulation:
    """One pair for each lag, before the first step."""
    post = [200 * ms + lag for lag in settings["lags"]]
    options = {"seed": seed}
    played = bt.protocols.play(
        rule(settings), 200 * ms, post, w=settings["w"], duration=0 * ms, dt=settings["dt"], options=options
    )
    return played.simulation


def run(settings: Mapping[str, Any], seed: int = 0, backend: str = "cpu") -> Result:
    """One pair for each scheme, then all pairings; both against the formula."""
    begin = time.perf_counter()
    made = {pairing: rule(settings, pairing) for pairing in SCHEMES}
    expected = formula(settings, made["all_to_all"])
    single = {pairing: window(settings, each, 1, backend) for pairing, each in made.items()}
    many = window(settings, made["all_to_all"], settings["pairings"], backend)
    rounding = float(4 * np.finfo(float).eps * settings["w"])  # the change is a difference of two weights
    checks = [
        Check(f"one pair, {pairing}, against the formula", largest(each, expected), rounding) for pairing, each in single.items()
    ]
    checks.append(Check("all pairings over one", largest(many, settings["pairings"] * expected), 1e-12))  # neighbours: e^-27
    sides = {"tau_plus": fit(True), "tau_minus": fit(False)}
    if unchanged(settings, SETTINGS):
        for name, (_, tau, error) in sides.items():
            away = abs(float(settings[name].to(ms).magnitude) - tau) / error
            checks.append(Check(f"{name} against that of the measured points, over its standard error", away, 2.0))
    values = {"lags_ms": settings["lags"].to(ms).magnitude, "single": single, "many": many / settings["w"], "fits": sides}
    timings = {"analyse": 0.0, "build": 0.0, "compile": 0.0, "run": time.perf_counter() - begin}  # windows do not divide theirs
    return Result(values, tuple(checks), timings, lambda: _dataset(values))


def _dataset(values: Mapping[str, Any]) -> xarray.Dataset:
    import xarray

    lag = ("lag", values["lags_ms"], {"units": "ms", "long_name": "t_post - t_pre"})
    found = {
        f"single_{name}": ("lag", each, {"long_name": "weight change by one pair"}) for name, each in values["single"].items()
    }
    found["relative"] = ("lag", values["many"], {"long_name": "weight change by all pairs, over the initial weight"})
    measured = {"measured": ("point", CHANGES / 100), "measured_lag": ("point", LAGS, {"units": "ms"})}
    return xarray.Dataset({**found, **measured}, coords={"lag": lag})


@style.styled
def figure(result: Result) -> Figure:
    """The window of 60 pairs over the measured points."""
    made = style.figure("column", 2.5)
    axes = made.subplots()
    axes.plot(LAGS, CHANGES, "o", color=style.COLOURS["grey"], markersize=2.5, label="Bi & Poo 1998")
    lags, change = result.values["lags_ms"], 100 * result.values["many"]
    plots.window((lags * ms, change), marker="-", size=0, axes=axes)
    axes.set(ylim=(-60, 110), ylabel="Weight change (%)")
    return made


EXPERIMENT = Experiment(
    name="bi-poo-window",
    title="Pair STDP: the critical window of hippocampal synapses",
    source="Bi & Poo (1998), figure 7, and Bi & Poo (2001)",
    settings=SETTINGS,
    simulation=one,
    run_with=run,
    figure=figure,
    tags=("STDP",),
)
