"""Calcium-based plasticity: pairs of spikes depress or potentiate, as the time that calcium spends above two thresholds decides.

Source
------
M. Graupner & N. Brunel, Proc. Natl. Acad. Sci. USA 109:3991 (2012), doi:10.1073/pnas.1109359109, and its correction (the noise),
doi:10.1073/pnas.1220044110: figure 2, the curve DP. 60 pairs at 1 Hz; noisy synapses that begin DOWN (ρ = 0) or UP (ρ = 1).
The authors' own simulation of it, 1000 runs at each of 41 lags: github.com/mgraupe/CalciumBasedPlasticityModel.

Symbols
-------
α_d and α_p the shares of time that calcium is above θ_d and θ_p; Γ = γ α. ``up`` the probability that a synapse that began DOWN
ends above ρ* (the paper's U), ``down`` that one from UP ends below (D). ``change`` the mean strength after over that before, if a
share β of synapses begins DOWN, and UP is b times as strong as DOWN.

What is shown
-------------
For the lags of the settings, simulated copies agree within their statistical error with the paper's solution (ρ is
Gaussian, with mean and variance from α_d and α_p), and with the authors' 1000 runs.

What differs
------------
- α_d and α_p are in closed form here, from two exponentials; the authors count thresholds crossed in a program.
- The solution leaves the two stable states of ρ at rest out; the simulation has them. They move ρ by less than 0.01 in a minute.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import erf
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

import bouton as bt
from bouton.experiments.base import Check, Experiment, Result, total_timings
from bouton.experiments.references import unchanged
from bouton.plots import style
from bouton.units import ms, second

if TYPE_CHECKING:
    import xarray
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]

# The authors' simulation: shares of 1000 runs from DOWN that ended UP, and from UP that ended DOWN
PROGRAM_LAGS = np.linspace(-100.0, 100.0, 41)
PROGRAM_UP = np.array([
    0.301, 0.3, 0.326, 0.324, 0.283, 0.299, 0.287, 0.27, 0.286, 0.295, 0.273, 0.282, 0.212, 0.238, 0.195, 0.187, 0.222, 0.271,
    0.369, 0.429, 0.458, 0.667, 0.649, 0.599, 0.601, 0.542, 0.528, 0.509, 0.469, 0.441, 0.414, 0.406, 0.378, 0.397, 0.354,
    0.354, 0.334, 0.355, 0.339, 0.336, 0.329,
])  # fmt: skip
PROGRAM_DOWN = np.array([
    0.33, 0.325, 0.333, 0.348, 0.338, 0.343, 0.357, 0.357, 0.384, 0.42, 0.436, 0.426, 0.471, 0.51, 0.544, 0.608, 0.582, 0.571,
    0.542, 0.517, 0.467, 0.312, 0.308, 0.332, 0.319, 0.313, 0.337, 0.326, 0.345, 0.33, 0.354, 0.345, 0.341, 0.325, 0.29, 0.313,
    0.329, 0.334, 0.335, 0.32, 0.339,
])  # fmt: skip
PROGRAM_RUNS = 1000

DP: Mapping[str, Any] = {
    "C_pre": 1.0, "C_post": 2.0, "tau_Ca": 20 * ms, "theta_d": 1.0, "theta_p": 1.3,
    "gamma_d": 200.0, "gamma_p": 321.808, "sigma": 2.8284, "tau": 150 * second,
}  # fmt: skip
DELAY = 13.7  # ms, of the presynaptic calcium
SETTINGS: Mapping[str, Any] = {
    "lags": np.array([-80.0, -40.0, -25.0, -10.0, 5.0, 10.0, 20.0, 40.0, 80.0]) * ms,
    "pairs": 60,
    "interval": 1 * second,
    "copies": 40,
    "dt": 0.1 * ms,
    "beta": 0.5,
    "b": 5.0,
    "threads": 1,
    **DP,
}
BEFORE = 150.0  # ms, longer than any lag and the delay


class Solution(NamedTuple):
    """The efficacy at the end, [from DOWN or from UP, lag], and the probabilities that follow from it, [lag]."""

    mean: Floats
    sd: Floats
    up: Floats
    down: Floats


def in_ms(settings: Mapping[str, Any], name: str) -> Any:
    """A setting in ms."""
    return settings[name].to(ms).magnitude


def time_above(settings: Mapping[str, Any], lags: Floats, threshold: float) -> Floats:
    """How long the calcium of one pair is above a threshold, in ms: after its first spike, and after its second."""
    gap, tau = lags - DELAY, in_ms(settings, "tau_Ca")
    first = np.where(gap >= 0, settings["C_pre"], settings["C_post"])
    then = first * np.exp(-np.abs(gap) / tau) + np.where(gap >= 0, settings["C_post"], settings["C_pre"])
    alone, both = (tau * np.log(np.maximum(height / threshold, 1.0)) for height in (first, then))
    above: Floats = np.minimum(alone, np.abs(gap)) + both
    return above


def solution(settings: Mapping[str, Any], lags: Floats) -> Solution:
    """The paper's: an Ornstein-Uhlenbeck process whose drift and noise are averaged over a period."""
    alpha_d, alpha_p = (
        time_above(settings, lags, settings[name]) / in_ms(settings, "interval") for name in ("theta_d", "theta_p")
    )
    fall, rise = settings["gamma_d"] * alpha_d, settings["gamma_p"] * alpha_p
    goal, total = rise / (rise + fall), settings["pairs"] * in_ms(settings, "interval") / in_ms(settings, "tau")
    left = np.exp(-total * (rise + fall))
    mean = np.stack([goal + (start - goal) * left for start in (0.0, 1.0)])
    sd = settings["sigma"] * np.sqrt((alpha_d + alpha_p) * (1 - left**2) / (2 * (rise + fall)))
    above = 0.5 * (1 + errors((mean - 0.5) / (np.sqrt(2) * sd)))
    return Solution(mean, sd, above[0], 1 - above[1])


def errors(values: Floats) -> Floats:
    """The error function of each."""
    return np.array([erf(value) for value in values.ravel()]).reshape(values.shape)


def change(settings: Mapping[str, Any], up: ArrayLike, down: ArrayLike) -> Floats:
    """The mean strength after over that before."""
    beta, b, up, down = settings["beta"], settings["b"], np.asarray(up), np.asarray(down)
    after = (beta * (1 - up) + (1 - beta) * down) + b * (beta * up + (1 - beta) * (1 - down))
    ratio: Floats = after / (beta + (1 - beta) * b)
    return ratio


def build(settings: Mapping[str, Any], seed: int = 0, backend: str = "cpu") -> bt.protocols.Played:
    """``copies`` synapses for each start and lag, [start, lag, copy], before the first step."""
    begins = BEFORE + np.arange(settings["pairs"]) * in_ms(settings, "interval")
    post = [(begins + lag) * ms for lag in np.repeat(in_ms(settings, "lags"), settings["copies"])] * 2
    rule = bt.rules.GraupnerBrunel("graupner2012_tableS1_DP", **{name: settings[name] for name in DP})
    options = {"seed": seed, "backend": backend} | ({} if backend == "reference" else {"threads": settings["threads"]})
    starts = np.repeat([0.0, 1.0], len(post) // 2)
    return bt.protocols.play(rule, begins * ms, post, rho=starts, duration=0 * ms, dt=settings["dt"], options=options)


def scores(found: Floats, expected: Floats, variance: Floats) -> float:
    """The mean squared difference over its variance: 1 is expected, with a standard error of √(2/n)."""
    return float(((found - expected) ** 2 / variance).mean())


def run(settings: Mapping[str, Any], seed: int = 0, backend: str = "cpu") -> Result:
    """All copies, against the solution and the authors' runs."""
    played = build(settings, seed, backend)
    played.simulation.run(settings["pairs"] * settings["interval"] + BEFORE * ms)
    lags, copies = in_ms(settings, "lags"), settings["copies"]
    rho = played.final("rho").magnitude.reshape(2, len(lags), copies)
    up, down = (rho[0] > 0.5).mean(-1), (rho[1] <= 0.5).mean(-1)
    meant = solution(settings, lags)
    limit = 1 + 4 * float(np.sqrt(2 / (2 * len(lags))))  # four standard errors above what is expected
    shares, wanted = np.stack([up, down]), np.stack([meant.up, meant.down])
    checks = [
        Check(
            "mean efficacy against the solution, in squared standard errors",
            scores(rho.mean(-1), meant.mean, meant.sd**2 / copies),
            limit,
        ),
        Check(
            "U and D against the solution, in squared standard errors",
            scores(shares, wanted, wanted * (1 - wanted) / copies),
            limit,
        ),
        Check(
            "standard deviation over that of the solution, from 1",
            abs(float((rho.std(-1) / meant.sd).mean()) - 1),
            4 / float(np.sqrt(4 * copies * len(lags))),
        ),
    ]
    if unchanged(settings, {**SETTINGS, "copies": copies, "threads": settings["threads"]}):
        theirs = np.stack([np.interp(lags, PROGRAM_LAGS, each) for each in (PROGRAM_UP, PROGRAM_DOWN)])
        variance = theirs * (1 - theirs) * (1 / copies + 1 / PROGRAM_RUNS)
        checks.append(
            Check("U and D against the authors' runs, in squared standard errors", scores(shares, theirs, variance), limit)
        )
    values = {"settings": settings, "lags_ms": lags, "rho": rho, "up": up, "down": down, "change": change(settings, up, down)}
    return Result(values, tuple(checks), total_timings(played.simulation), lambda: _dataset(values))


def _dataset(values: Mapping[str, Any]) -> xarray.Dataset:
    import xarray

    found = {name: ("lag", values[name]) for name in ("up", "down", "change")}
    coords = {"lag": ("lag", values["lags_ms"], {"units": "ms", "long_name": "t_post - t_pre"}), "start": [0.0, 1.0]}
    return xarray.Dataset({**found, "rho": (("start", "lag", "copy"), values["rho"])}, coords=coords)


@style.styled
def figure(result: Result) -> Figure:
    """Probabilities and the change of strength over the lag: the solution, our copies, the authors' runs."""
    values, settings = result.values, result.values["settings"]
    lags, fine = values["lags_ms"], np.linspace(-100, 100, 801)
    meant, copies = solution(settings, fine), settings["copies"]
    made = style.figure("page", 2.6)
    left, right = made.subplots(1, 2)
    curves = {
        "$U$, from DOWN to UP": (meant.up, values["up"], PROGRAM_UP, "vermilion"),
        "$D$, from UP to DOWN": (meant.down, values["down"], PROGRAM_DOWN, "blue"),
    }
    for label, (curve, found, program, colour) in curves.items():
        left.plot(fine, curve, color=style.COLOURS[colour], label=label)
        left.errorbar(lags, found, np.sqrt(found * (1 - found) / copies), fmt="o", color=style.COLOURS[colour], elinewidth=0.8)
        left.plot(PROGRAM_LAGS, program, "x", color=style.COLOURS[colour], alpha=0.6)
    beta, b, (up, down) = settings["beta"], settings["b"], (values["up"], values["down"])
    spread = (b - 1) * np.sqrt((beta**2 * up * (1 - up) + (1 - beta) ** 2 * down * (1 - down)) / copies) / (beta + (1 - beta) * b)
    right.plot(fine, change(settings, meant.up, meant.down), color=style.COLOURS["black"], label="solution")
    right.errorbar(lags, values["change"], spread, fmt="o", color=style.COLOURS["black"], elinewidth=0.8, label="simulation")
    program = change(settings, PROGRAM_UP, PROGRAM_DOWN)
    right.plot(PROGRAM_LAGS, program, "x", color=style.COLOURS["grey"], label="the authors' simulation")
    right.axhline(1, color=style.COLOURS["grey"], linewidth=0.6, zorder=0)
    for axes, text, ylabel in ((left, "a", "Probability of a transition"), (right, "b", "Synaptic strength, after / before")):
        style.letter(axes, text)
        axes.set(xlabel=r"Spike lag $t_\mathrm{post} - t_\mathrm{pre}$ (ms)", ylabel=ylabel, xlim=(-102, 102))
        axes.legend(loc="upper left")
    left.set_ylim(0.1, 0.95)
    return made


EXPERIMENT = Experiment(
    name="calcium-plasticity",
    title="Calcium-based plasticity: the DP curve",
    source="Graupner & Brunel (2012), figure 2",
    settings=SETTINGS,
    simulation=lambda settings, seed: build(settings, seed).simulation,
    run_with=run,
    figure=figure,
    tags=("calcium", "STDP", "noise"),
)
