"""Triplets and quadruplets of spikes in hippocampal cultures: a triplet rule fits them, a pair rule cannot.

Source
------
J.-P. Pfister & W. Gerstner, "Triplets of spikes in a model of spike timing-dependent plasticity", J. Neurosci. 26:9673 (2006),
doi:10.1523/JNEUROSCI.1425-06.2006: the two full sets of parameters for hippocampus (table 4) and their error.
The data: H.-X. Wang, R. C. Gerkin, D. W. Nauen & G.-Q. Bi, Nat. Neurosci. 8:187 (2005), doi:10.1038/nn1387. Two pairs, eight
triplets and three quadruplets of spikes, each 60 times at 1 Hz.

Symbols
-------
``E`` the mean over the 13 protocols of ((Δw of the rule − Δw measured) / standard error)²; Δw is relative to the initial weight.

What is shown
-------------
E is near 2.9 for both sets, and 8.9 at best for pair STDP with the time constants of Bi & Poo (2001), whatever its amplitudes: to
it triplets pre-post-pre and post-pre-post with the same intervals are the same, while measured they are not.

What differs
------------
- The standard errors are as two open programs that evaluate the paper's fit have them; for seven of the eight triplets a third
  source, which read them off the figures of Wang et al., agrees to 0.01.
- E is 2.83 and 2.72: what was measured is known to two digits, and their rounding allows for 1.9 to 4.1.
- The traces of one repetition last into the next (τₓ = 946 ms), here as with the paper's 60 repetitions at 1 Hz.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

import bouton as bt
from bouton.experiments.base import Check, Experiment, Result
from bouton.experiments.references import unchanged
from bouton.plots import style
from bouton.units import ms

if TYPE_CHECKING:
    import xarray
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]

SETS = ("hippocampus_full_all_to_all", "hippocampus_full_nearest")
PAIRINGS = ("all_to_all", "nearest")
ERROR = 2.9
"""The paper's E of both sets."""

SETTINGS: Mapping[str, Any] = {"repetitions": 60, "dt": 1 * ms}


def pair_rule(pairing: str, A_plus: float, A_minus: float) -> bt.SynapseModel:
    """The triplet rule without its triplets."""
    return bt.rules.TripletSTDP(pairing=pairing, A2_plus=A_plus, A2_minus=A_minus, A3_plus=0.0, A3_minus=0.0)


def best_pair_rule(pairing: str, options: Mapping[str, Any]) -> bt.SynapseModel:
    """The amplitudes of pair STDP with the least E: least squares, as each change is A₊·a − A₋·b."""
    up, down = (bt.protocols.triplets(pair_rule(pairing, *each), **options) for each in ((1.0, 0.0), (0.0, 1.0)))
    error = up["error"].to_numpy()
    basis = np.column_stack([found["change"].to_numpy() for found in (up, down)]) / error[:, None]
    (A_plus, A_minus), *_ = np.linalg.lstsq(basis, up["measured"].to_numpy() / error)
    return pair_rule(pairing, float(A_plus), float(A_minus))


def one(settings: Mapping[str, Any], seed: int = 0) -> bt.Simulation:
    """The pair of 10 ms, before its first step: one of the protocols, to look at."""
    begins = 100.0 + 1000.0 * np.arange(settings["repetitions"])
    rule = bt.rules.TripletSTDP(SETS[0])
    options = {"seed": seed}
    played = bt.protocols.play(rule, begins * ms, (begins + 10) * ms, duration=0 * ms, dt=settings["dt"], options=options)
    return played.simulation


def run(settings: Mapping[str, Any], seed: int = 0, backend: str = "cpu") -> Result:
    """Both sets and the best pair rules through all protocols."""
    begin = time.perf_counter()
    options: dict[str, Any] = {**settings, "options": {"seed": seed, "backend": backend}}
    rules = {name: bt.rules.TripletSTDP(name) for name in SETS}
    rules |= {f"pair_{pairing}": best_pair_rule(pairing, options) for pairing in PAIRINGS}
    found = {name: bt.protocols.triplets(rule, **options) for name, rule in rules.items()}
    errors = {name: float(each.attrs["score"]) for name, each in found.items()}
    checks: list[Check] = []
    if unchanged(settings, SETTINGS):
        checks = [Check(f"E of {name}, against table 4", abs(errors[name] - ERROR), 0.2) for name in SETS]
        worst, pairs = max(errors[name] for name in SETS), min(errors[f"pair_{pairing}"] for pairing in PAIRINGS)
        checks.append(Check("E of triplets over that of pairs at their best", worst / pairs, 1 / 3))
    values = {"found": found, "errors": errors}
    timings = {
        "analyse": 0.0,
        "build": 0.0,
        "compile": 0.0,
        "run": time.perf_counter() - begin,
    }  # a protocol does not divide its own
    return Result(values, tuple(checks), timings, lambda: _dataset(values))


def _dataset(values: Mapping[str, Any]) -> xarray.Dataset:
    import xarray

    found: xarray.Dataset = xarray.concat([each.drop_attrs() for each in values["found"].values()], "rule", data_vars=["change"])
    found = found.assign_coords(rule=list(values["found"]))
    return found.assign(E=("rule", list(values["errors"].values())))


@style.styled
def figure(result: Result) -> Figure:
    """What was measured, and what the triplet rule and the best pair rule make of each protocol."""
    found, errors = result.values["found"], result.values["errors"]
    made = style.figure("page", 3.0)
    axes = made.subplots()
    data = found[SETS[0]]
    places = np.arange(data.sizes["group"])
    axes.axhline(0, color=style.COLOURS["grey"], linewidth=0.6, zorder=0)
    axes.bar(places, data["measured"], 0.7, color="#DDDDDD", yerr=data["error"], label="Wang 2005")
    marks = {
        SETS[0]: ("triplets, all-to-all", "vermilion", "o", -0.2),
        SETS[1]: ("triplets, nearest", "orange", "s", 0.0),
        "pair_all_to_all": ("pairs, at their best", "blue", "x", 0.2),
    }
    for name, (label, colour, mark, shift) in marks.items():
        text = f"{label}, $E$ = {errors[name]:.1f}"
        axes.plot(places + shift, found[name]["change"], mark, markersize=4, color=style.COLOURS[colour], label=text)
    kinds, intervals = zip(*(str(group).split(" ", 1) for group in data["group"].to_numpy()), strict=True)
    axes.set_xticks(places, [each.replace(" ", ", ") for each in intervals])
    for kind in dict.fromkeys(kinds):
        inside = places[np.array(kinds) == kind]
        axes.text(inside.mean(), -0.35, kind, ha="center")
        axes.axvline(inside[-1] + 0.5, color=style.COLOURS["grey"], linewidth=0.4)
    axes.set(ylabel=r"Weight change $\Delta w / w$", xlabel="Intervals (ms)", ylim=(-0.4, 0.46), xlim=(-0.6, len(places) - 0.4))
    axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=4)
    return made


EXPERIMENT = Experiment(
    name="triplet-protocols",
    title="Triplet STDP: triplets and quadruplets in hippocampus",
    source="Pfister & Gerstner (2006), table 4, with the data of Wang, Gerkin, Nauen & Bi (2005)",
    settings=SETTINGS,
    simulation=one,
    run_with=run,
    figure=figure,
    tags=("STDP", "triplets"),
)
