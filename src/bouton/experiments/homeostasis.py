"""A plastic synapse that keeps a neuron at its target rate.

A neuron has two Poisson inputs. One has a fixed weight and a rate that changes every 10 s. The other is steady and its weight
is plastic: it grows at each presynaptic spike and shrinks at each postsynaptic one, which pulls the neuron towards
dw_plus/dw_minus times the steady rate. A second neuron has the first input only, and follows its rate.

Source
------
Brian2's example ``spike_based_homeostasis`` (S. Schmitt, 2021), after O. Breitwieser, "Towards a Neuromorphic Implementation
of Spike-Based Expectation Maximization", Master's thesis, Heidelberg (2015).

Symbols
-------
``v`` membrane variable, in units of the threshold; ``tau`` its time constant; ``w`` weight, plastic from 0 to ``w_max``.

What differs
------------
- Nothing in the model or in the order of a step. Brian2 refuses ``v += w`` to a refractory neuron, and so does
  ``(unless refractory)`` here; the weight changes all the same.
- The original is one run. Here its two input trains, as Brian2 drew them, are replayed; then independent copies with Poisson
  inputs of their own run side by side, held to 200 runs of the original.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import bouton as bt
from bouton.experiments.base import Check, Experiment, Result, total_timings
from bouton.experiments.references import largest, load, unchanged
from bouton.plots import style
from bouton.plots.ensemble import copies_and_published, mean_and_sd
from bouton.units import Hz, ms, second

if TYPE_CHECKING:
    import xarray
    from matplotlib.figure import Figure

SETTINGS: Mapping[str, Any] = {
    "dt": 0.1 * ms,
    "tau": 10 * ms,
    "dw_plus": 0.05,
    "dw_minus": 0.05,
    "w_max": 2.0,
    "w_initial": 0.0,
    "w_varying": 2.0,
    "steady_rate": 50 * Hz,
    "varying_rates": [25, 50, 0, 35] * Hz,
    "block": 10 * second,  # how long the varying input keeps each of its rates
    "copies": 50,
}

LIF = bt.NeuronModel(
    "dv/dt = -v/tau : 1 (unless refractory)",
    threshold="v > 1",
    reset="v = -1",
    refractory=1 * ms,
    method="euler",
    parameters={"tau": SETTINGS["tau"]},
    name="lif",
)
HOMEOSTATIC = bt.SynapseModel(
    "w : 1",
    on_pre="v_post += w; w = clip(w + dw_plus, 0, w_max)",
    on_post="w = clip(w - dw_minus, 0, w_max)",
    parameters={name: SETTINGS[name] for name in ("dw_plus", "dw_minus", "w_max")},
    name="homeostatic",
)
STATIC = bt.SynapseModel("w : 1", on_pre="v_post += w", name="static")

BRIAN2 = {  # mean and SD over 200 seeds of the rate in each block, in Hz
    "with": ([47.71, 52.72, 44.03, 51.62], [2.08, 1.85, 2.10, 2.34]),
    "without": ([24.40, 47.37, 0.0, 33.77], [1.56, 2.27, 0.0, 1.75]),
}
COLOUR = {"with": "blue", "without": "vermilion"}


class Built(NamedTuple):
    """A simulation, its neurons ``with`` and ``without`` homeostasis, and the plastic synapses."""

    simulation: bt.Simulation
    neurons: Mapping[str, bt.Population]
    plastic: bt.Projection


def build(settings: Mapping[str, Any], seed: int = 0, backend: str = "cpu", *, replay: bool = False) -> Built:
    """``copies`` of the two neurons with Poisson inputs of their own, or one with the trains of Brian2's run (``replay``)."""
    steady: bt.SpikeTimes | bt.Poisson
    varying: bt.SpikeTimes | bt.Poisson
    if replay:
        trains = load("brian2_homeostasis")
        steady, varying = (bt.SpikeTimes(1, trains[f"in_{name}_step"] * settings["dt"]) for name in ("steady", "varying"))
    else:
        rates = settings["steady_rate"], bt.TimedArray(settings["varying_rates"], dt=settings["block"])
        steady, varying = (bt.Poisson(settings["copies"], rate) for rate in rates)
    network, each = bt.Network(), bt.OneToOne()
    network.add(steady, name="steady")
    network.add(varying, name="varying")
    neurons = {
        which: network.add(bt.Population(len(steady), LIF, tau=settings["tau"]), name=f"{which}_homeostasis") for which in BRIAN2
    }
    values = {name: settings[name] for name in HOMEOSTATIC.parameters}
    plastic = network.connect(steady, neurons["with"], HOMEOSTATIC, pattern=each, w=settings["w_initial"], **values)
    for population in neurons.values():
        network.connect(varying, population, STATIC, pattern=each, w=settings["w_varying"])
    return Built(bt.Simulation(network, settings["dt"], seed, backend=backend), neurons, plastic)


def run(settings: Mapping[str, Any], seed: int = 0, backend: str = "cpu") -> Result:
    """Replay Brian2's run, then run the copies."""
    starts = [number * settings["block"] for number in range(len(settings["varying_rates"]))]
    one = build(settings, backend=backend, replay=True)
    values: dict[str, Any] = {
        "settings": settings,
        "v": one.simulation.record(one.neurons["with"], "v", when="start"),
        "w": one.simulation.record(one.plastic, "w", when="start"),
        "replayed": {which: one.simulation.record_rate(neuron) for which, neuron in one.neurons.items()},
    }
    one.simulation.run(len(starts) * settings["block"])

    free = build(settings, seed, backend)
    spikes = {which: free.simulation.record_spikes(neurons) for which, neurons in free.neurons.items()}
    values["free_w"] = free.simulation.record(free.plastic, "w", every=100 * ms)
    free.simulation.run(len(starts) * settings["block"])
    values["free"] = {
        which: np.array([recorded.rate(start, start + settings["block"]).magnitude for start in starts])
        for which, recorded in spikes.items()
    }

    checks: list[Check] = []
    if unchanged({**settings, "copies": SETTINGS["copies"]}, SETTINGS):
        checks = compare_replayed(values) + compare_free(values["free"])
    timings = total_timings(one.simulation, free.simulation)
    return Result(values, tuple(checks), timings, lambda: _dataset(values))


def compare_replayed(values: Mapping[str, Any]) -> list[Check]:
    """The replayed run against Brian2's, as far as it went; both are sampled at the start of a step."""
    expected, checks = load("brian2_homeostasis"), []
    w, v = values["w"].of(0).magnitude, values["v"].of(0).magnitude
    for which, recorded in values["replayed"].items():
        spikes, wanted = np.flatnonzero(recorded.counts), expected[f"out_{which}_h_step"]
        unmatched = np.setxor1d(spikes, wanted[wanted < len(w)])
        checks.append(Check(f"spikes {which} homeostasis that have no match", len(unmatched), 0))
    in_force = np.searchsorted(expected["w_change_step"], np.arange(len(w)), side="right") - 1
    checks.append(Check("weight", largest(w, expected["w_change_value"][in_force]), 0))
    by_ms, by_step = expected["v_with_h_1ms"][: -(-len(v) // 10)], expected["v_with_h_first_2s"][: len(v)]
    checks.append(Check("membrane variable", max(largest(v[::10], by_ms), largest(v[: len(by_step)], by_step)), 1e-12))
    if len(w) == len(expected["v_with_h_1ms"]) * 10:  # smoothing looks ahead
        for which, recorded in values["replayed"].items():
            smooth = recorded.rate("gaussian", 100 * ms).magnitude[::100]
            deviation = largest(smooth, expected[f"smooth_rate_10ms_{which}_h"])
            checks.append(Check(f"smoothed rate {which} homeostasis (Hz)", deviation, 1e-9))
    return checks


def compare_free(found: Mapping[str, NDArray[np.float64]]) -> list[Check]:
    """Rates [block, copy] against Brian2's: means may differ by three standard errors and 0.05 Hz."""
    checks = []
    for which, rates in found.items():
        for number, (mean, sd) in enumerate(zip(*BRIAN2[which], strict=True)):
            limit = 3 * sd * (1 / rates.shape[1] + 1 / 200) ** 0.5 + 0.05
            what = f"mean rate {which} homeostasis, block {number + 1} (Hz)"
            checks.append(Check(what, abs(float(rates[number].mean()) - mean), limit))
    return checks


def _dataset(values: Mapping[str, Any]) -> xarray.Dataset:
    """Of the replayed run v, w each 1 ms and the spikes; of the copies w each 100 ms and the rates in the blocks."""
    time = ("time", values["v"].times.magnitude[::10], {"units": "ms"})
    made = bt.to_dataset({"free_w": values["free_w"]}).assign_coords(time=time)
    for name in ("v", "w"):
        made[name] = ("time", values[name].of(0).magnitude[::10], {"units": "1"})
    for which, recorded in values["replayed"].items():
        spikes = recorded.times.magnitude[recorded.counts > 0]
        made[f"spikes_{which}"] = (f"spike_{which}", spikes, {"units": "ms", "long_name": f"spikes {which} homeostasis"})
        attributes = {"units": "Hz", "long_name": f"mean rate {which} homeostasis"}
        made[f"free_rate_{which}"] = (("block", "copy"), values["free"][which], attributes)
    return made


@style.styled
def figure(result: Result) -> Figure:
    """Weight, stimuli and rates over time, and the mean rates in the blocks next to those of Brian2."""
    values, settings = result.values, result.values["settings"]
    made = style.figure("page", 3.9)
    panels = made.subplot_mosaic([["A", "D"], ["B", "D"], ["C", "D"]], width_ratios=[2.1, 1], height_ratios=[1, 0.75, 1.1])
    a, b, c, d = (style.letter(panels[name], name) for name in "ABCD")
    seconds = values["w"].times.to(second).magnitude[::100]
    mean_and_sd(a, values["free_w"].times.to(second).magnitude, values["free_w"].values.magnitude, "sky", "mean ± SD of copies")
    a.plot(seconds, values["w"].of(0).magnitude[::100], color=style.COLOURS["blue"], linewidth=0.6, label="replayed run")
    a.set(ylabel="Plastic weight $w$", ylim=(0, None), yticks=(0, 1, 2))
    edges = np.arange(len(settings["varying_rates"]) + 1) * settings["block"].to(second).magnitude
    b.stairs(settings["varying_rates"].to(Hz).magnitude, edges, baseline=None, color=style.COLOURS["black"], label="varying")
    b.hlines(settings["steady_rate"].to(Hz).magnitude, 0, edges[-1], color=style.COLOURS["green"], label="steady")
    b.set(ylabel="Stimulus (Hz)", ylim=(-4, 64), yticks=(0, 25, 50))
    for which, recorded in values["replayed"].items():
        smooth = recorded.rate("gaussian", 100 * ms).magnitude[::100]
        c.plot(seconds, smooth, color=style.COLOURS[COLOUR[which]], linewidth=0.7, label=f"{which} homeostasis")
    c.set(ylabel="Firing rate (Hz)", xlabel="Time (s)", ylim=(0, None))
    for axes in (a, b, c):
        axes.set_xlim(0, edges[-1])
        axes.legend(loc="lower right", bbox_to_anchor=(1, 0.98), ncols=2, borderaxespad=0)
        axes.label_outer()
    for which, rates in values["free"].items():
        for number, (mean, sd) in enumerate(zip(*BRIAN2[which], strict=True)):
            labels = (f"copies {which}", "Brian2, mean ± SD" if which == "without" else None) if number == 0 else (None, None)
            copies_and_published(d, number + 1, rates[number], mean, sd, colour=COLOUR[which], labels=labels)
    d.set(xlabel="Block of 10 s", ylabel="Mean rate (Hz)", xticks=range(1, len(edges)), ylim=(-2, None))
    d.legend(loc="center left", bbox_to_anchor=(0.02, 0.2))
    return made


EXPERIMENT = Experiment(
    name="homeostasis",
    title="Spike-based homeostasis",
    source="Brian2, example 'spike_based_homeostasis'",
    settings=SETTINGS,
    simulation=lambda settings, seed: build(settings, seed).simulation,
    run_with=run,
    figure=figure,
    tags=("tour", "homeostasis", "Brian2"),
)
