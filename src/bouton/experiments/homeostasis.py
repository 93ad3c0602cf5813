"""A plastic synapse that keeps a neuron at its target rate.

A neuron is driven by two Poisson inputs. The rate of one changes every 10 s and its weight is fixed; the other is
steady and its weight w is plastic, +dw_plus at each presynaptic and −dw_minus at each postsynaptic spike, so that the
neuron is kept at dw_plus/dw_minus times the steady rate. A second neuron, without the plastic input, follows the changes.

Source: Brian2's example ``spike_based_homeostasis`` (Sebastian Schmitt, 2021), after O. Breitwieser, "Towards a
Neuromorphic Implementation of Spike-Based Expectation Maximization" (Master's thesis, Heidelberg 2015).

Symbols: ``v`` membrane variable (threshold 1, reset −1), ``tau`` its time constant, ``w`` plastic weight, ``w_max`` its
bound, ``w_varying`` the fixed weight.

Run twice: with the input trains that Brian2 drew, where everything is determined, and free, as many independent copies
side by side with Poisson inputs of their own. Nothing differs from the original, but that it ran free once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

import bouton as bt
from bouton.experiments.base import Check, Experiment, Result, total_timings
from bouton.experiments.references import largest, load
from bouton.units import Hz, ms, second

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure

Settings = Mapping[str, Any]
Train = bt.Poisson | bt.SpikeTimes

SETTINGS = {
    "tau": 10 * ms,
    "dw_plus": 0.05,
    "dw_minus": 0.05,
    "w_max": 2.0,
    "w_initial": 0.0,
    "w_varying": 2.0,
    "steady_rate": 50 * Hz,
    "varying_rates": [25, 50, 0, 35] * Hz,
    "copies": 50,
}
DT, BLOCK = 0.1 * ms, 10 * second  # the time step; how long the varying input keeps each of its rates

BRIAN2 = {  # of 200 seeds of the original: mean and SD of the rate in each block in Hz
    "with": ((47.71, 52.72, 44.03, 51.62), (2.08, 1.85, 2.10, 2.34)),
    "without": ((24.40, 47.37, 0.0, 33.77), (1.56, 2.27, 0.0, 1.75)),
}


@dataclass(frozen=True)
class Setup:
    """A network with its parts: inputs, the neurons ``with`` and ``without`` homeostasis, and the plastic synapses."""

    network: bt.Network
    steady: Train
    varying: Train
    neurons: Mapping[str, bt.Population]
    plastic: bt.Projection


def network(settings: Settings, steady: Train, varying: Train) -> Setup:
    """As many independent copies of the two neurons as there are trains in each of the inputs."""
    lif = bt.NeuronModel(
        "dv/dt = -v/tau : 1 (unless refractory)",
        threshold="v > 1",
        reset="v = -1",
        refractory=1 * ms,
        method="euler",
        parameters={"tau": settings["tau"]},
        name="lif",
    )
    homeostatic = bt.SynapseModel(
        "w : 1",
        on_pre="v_post += w; w = clip(w + dw_plus, 0, w_max)",
        on_post="w = clip(w - dw_minus, 0, w_max)",
        parameters={name: settings[name] for name in ("dw_plus", "dw_minus", "w_max")},
        name="homeostatic",
    )
    static = bt.SynapseModel("w : 1", on_pre="v_post += w", name="static")
    net, each = bt.Network(), bt.OneToOne()
    net.add(steady, name="steady")
    net.add(varying, name="varying")
    neurons = {which: net.add(bt.Population(len(steady), lif), name=f"{which}_homeostasis") for which in BRIAN2}
    plastic = net.connect(steady, neurons["with"], homeostatic, pattern=each, w=settings["w_initial"])
    for population in neurons.values():
        net.connect(varying, population, static, pattern=each, w=settings["w_varying"])
    return Setup(net, steady, varying, neurons, plastic)


def replayed(settings: Settings) -> Setup:
    """One copy, with the input trains of Brian2's run."""
    trains = load("brian2_homeostasis")
    return network(settings, *(bt.SpikeTimes(1, trains[f"in_{which}_step"] * DT) for which in ("steady", "varying")))


def free(settings: Settings) -> Setup:
    """All copies, each with Poisson inputs of its own."""
    varying = bt.TimedArray(settings["varying_rates"], dt=BLOCK)
    return network(settings, *(bt.Poisson(settings["copies"], rate) for rate in (settings["steady_rate"], varying)))


def simulation(settings: Settings, seed: int) -> bt.Simulation:
    """The free copies, not run yet."""
    return bt.Simulation(free(settings).network, DT, seed)


def run_with(settings: Settings, seed: int) -> Result:
    """Replay Brian2's run, then run the free copies."""
    duration = len(settings["varying_rates"]) * BLOCK
    one = replayed(settings)
    replay = bt.Simulation(one.network, DT)
    v, w = replay.record(one.neurons["with"], "v", when="start"), replay.record(one.plastic, "w", when="start")
    rates = {which: replay.record_rate(neuron) for which, neuron in one.neurons.items()}
    replay.run(duration)

    many = free(settings)
    sim = bt.Simulation(many.network, DT, seed)
    weights = sim.record(many.plastic, "w", every=100 * ms)
    spikes = {which: sim.record_spikes(neurons) for which, neurons in many.neurons.items()}
    population_rates = {which: sim.record_rate(neurons) for which, neurons in many.neurons.items()}
    sim.run(duration)
    starts = [n * BLOCK for n in range(len(settings["varying_rates"]))]
    blocks = {
        which: np.array([rec.rate(start, start + BLOCK).magnitude for start in starts]) for which, rec in spikes.items()
    }

    values = {
        "settings": settings,
        "v": v,
        "w": w,
        "weights": weights,
        "blocks": blocks,
        "rates": rates,
        "population_rates": population_rates,
    }
    checks: tuple[Check, ...] = ()
    if all(np.all(settings[name] == value) for name, value in SETTINGS.items() if name != "copies"):
        checks = (*compare_replay(values), *compare_blocks(blocks))
    return Result(values, checks, total_timings(replay, sim), partial(dataset, values))


def compare_replay(values: Mapping[str, Any]) -> list[Check]:
    """The replayed run against the recordings of Brian2's."""
    expected = load("brian2_homeostasis")
    checks = []
    for which, rate in values["rates"].items():
        fired = np.flatnonzero(rate.counts)
        checks.append(Check(f"spikes {which} homeostasis: unmatched", len(np.setxor1d(fired, expected[f"out_{which}_h_step"])), 0))
    w, v = values["w"].of(0).magnitude, values["v"].of(0).magnitude
    held = np.searchsorted(expected["w_change_step"], np.arange(len(w)), side="right") - 1
    checks.append(Check("weight", largest(w, expected["w_change_value"][held]), 0.0))
    deviations = (largest(v[::10], expected["v_with_h_1ms"]), largest(v[:20000], expected["v_with_h_first_2s"]))
    checks.append(Check("membrane variable", max(deviations), 1e-12))
    for which, rate in values["rates"].items():
        smooth = rate.rate("gaussian", 100 * ms).magnitude[::100]
        what = f"smoothed rate {which} homeostasis (Hz)"
        checks.append(Check(what, largest(smooth, expected[f"smooth_rate_10ms_{which}_h"]), 1e-9))
    return checks


def compare_blocks(blocks: Mapping[str, NDArray[np.float64]]) -> list[Check]:
    """The mean rates in each block against the means of 200 seeds: three standard errors and 0.05 Hz may lie between."""
    checks = []
    for which, rates in blocks.items():
        for number, (mean, sd) in enumerate(zip(*BRIAN2[which], strict=True)):
            limit = 3 * sd * (1 / rates.shape[1] + 1 / 200) ** 0.5 + 0.05
            what = f"mean rate {which} homeostasis, block {number + 1} (Hz)"
            checks.append(Check(what, abs(float(rates[number].mean()) - mean), limit))
    return checks


def dataset(values: Mapping[str, Any]) -> xr.Dataset:
    """The replayed run each millisecond and its spikes; of the free copies weights and mean rates in the blocks."""
    import xarray as xr

    time = ("time", values["v"].times.magnitude[::10], {"units": "ms"})
    made = bt.to_dataset({"free_w": values["weights"]}).assign_coords(time=time)
    for name in ("v", "w"):
        made[name] = ("time", values[name].of(0).magnitude[::10], {"units": "1"})
    for which in BRIAN2:
        recording = values["rates"][which]
        fired = recording.times.magnitude[recording.counts > 0]
        made[f"spikes_{which}_homeostasis"] = (f"spike_{which}", fired, {"units": "ms"})
        made[f"free_rate_{which}_homeostasis"] = xr.DataArray(
            values["blocks"][which], dims=("block", "copy"), attrs={"units": "Hz"}
        )
    return made


def figure(result: Result) -> Figure:
    """Weight, stimuli and rates over time, and the mean rates of the copies next to Brian2's."""
    from bouton.plots.homeostasis import draw

    return draw(result.values, BRIAN2)


EXPERIMENT = Experiment(
    name="homeostasis",
    title="Spike-based homeostasis",
    source="Brian2, example spike_based_homeostasis (S. Schmitt 2021, after O. Breitwieser)",
    settings=SETTINGS,
    simulation=simulation,
    run_with=run_with,
    figure=figure,
    tags=("Brian2", "homeostasis", "rate control"),
)
