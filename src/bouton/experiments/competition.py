"""A thousand synapses compete: some take all, the others nothing, and the neuron's rate hardly follows its input.

Neurons with 1000 plastic excitatory and 200 fixed inhibitory inputs learn by additive spike-timing-dependent plasticity, each at
another rate of its excitatory inputs. All weights begin at their bound, where the neuron fires regularly and fast. For
independent spikes depression outweighs potentiation by 5 %, so that weights fall until spikes come from fluctuations of the
input, which potentiate what has caused them: weights part into two groups. The higher the rate of the input, the smaller the
group at the bound.

Source
------
S. Song, K. D. Miller & L. F. Abbott, "Competitive Hebbian learning through spike-timing-dependent synaptic plasticity", Nature
Neuroscience 3:919 (2000), doi:10.1038/78829. The numbers of the neuron are those on which two public transcriptions agree (a
class ``modelNeuron`` in MATLAB, a script of Brian's authors), those of the rule ``bt.rules.PairSTDP("song2000")``.

Symbols
-------
``g_ex``, ``g_in`` conductances in units of the leak; ``g_max`` the bound of a plastic weight, ``g_inhibitory`` a fixed one.

What differs
------------
- The article itself could not be consulted. Asserted is what it is known for: bimodal weights, and an output that depends weakly
  on the input's rate, with the same weights kept fixed as a contrast. Limits are this experiment's own.
- All neurons are simulated side by side. How long they learn is a choice: at 10 Hz the groups still sharpen after 1500 s, while
  the mean weight is settled, and the same if weights begin uniformly distributed.
- Spikes of a step are felt in the next one; conductances and potential are integrated without Euler's error.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import bouton as bt
from bouton import plots
from bouton.experiments.base import Check, Experiment, Result, one_of_parts, total_timings
from bouton.experiments.references import unchanged
from bouton.plots import style
from bouton.units import Hz, ms, mV, second

if TYPE_CHECKING:
    import xarray
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]

CELL = bt.NeuronModel(
    """
    dv/dt = (V_rest - v + g_ex*(E_ex - v) + g_in*(E_in - v))/tau_m : mV
    dg_ex/dt = -g_ex/tau_ex : 1
    dg_in/dt = -g_in/tau_in : 1
    """,
    threshold="v > theta",
    reset="v = V_reset",
    parameters={
        **{"tau_m": 20 * ms, "V_rest": -70 * mV, "E_ex": 0 * mV, "E_in": -70 * mV, "theta": -54 * mV, "V_reset": -60 * mV},
        **{"tau_ex": 5 * ms, "tau_in": 5 * ms},
    },
    name="cell",
)
FIXED = bt.SynapseModel("w : 1 (constant)", on_pre="target += w", name="fixed")

SETTINGS: Mapping[str, Any] = {
    "dt": 0.1 * ms,
    "duration": 1500 * second,
    "frozen_duration": 100 * second,
    "rates": [10, 20, 40] * Hz,
    "inhibitory_rate": 10 * Hz,
    "excitatory": 1000,
    "inhibitory": 200,
    "g_max": 0.015,
    "g_inhibitory": 0.05,
    "start": 1.0,  # of the plastic weights, over g_max
    "A_plus": 0.005,
    "A_minus": 0.00525,
}
FACTOR = 1.5


class Built(NamedTuple):
    """A simulation, its neurons, one for each rate, and their excitatory synapses, neuron by neuron."""

    simulation: bt.Simulation
    cells: bt.Population
    excitatory: bt.Projection


def build(settings: Mapping[str, Any], seed: int = 0, backend: str = "cpu", *, frozen: Floats | None = None) -> Built:
    """A neuron for each rate; with ``frozen`` weights [neuron, input] none learns."""
    rates, network = np.atleast_1d(settings["rates"].to(Hz).magnitude), bt.Network()
    cells = network.add(bt.Population(len(rates), CELL, v=CELL.parameters["V_rest"]), name="cells")

    def converge(count: int, rate: Any, name: str) -> tuple[bt.Poisson, bt.Pairs]:
        """Poisson inputs, so many for each neuron, and to whom they go."""
        inputs = np.arange(count * len(rates))
        return network.add(bt.Poisson(len(inputs), rate), name=name), bt.Pairs(inputs, inputs // count)

    source, pattern = converge(settings["excitatory"], np.repeat(rates, settings["excitatory"]) * Hz, "excitatory")
    rule, weights = FIXED, frozen.ravel() if frozen is not None else settings["start"] * settings["g_max"]
    if frozen is None:
        given = {name: settings[name] for name in ("A_plus", "A_minus")}
        rule = bt.rules.PairSTDP("song2000", w_max=settings["g_max"], **given)
    excitatory = network.connect(source, cells, rule, target="g_ex", pattern=pattern, w=weights)
    source, pattern = converge(settings["inhibitory"], settings["inhibitory_rate"], "inhibitory")
    network.connect(source, cells, FIXED, target="g_in", pattern=pattern, w=settings["g_inhibitory"])
    return Built(bt.Simulation(network, settings["dt"], seed, backend=backend), cells, excitatory)


def run(settings: Mapping[str, Any], seed: int = 0, backend: str = "cpu") -> Result:
    """Let the neurons learn, measure them in the last quarter, and drive the weights learned at the middle rate at all rates."""
    built = build(settings, seed, backend)
    spikes = built.simulation.record_spikes(built.cells)
    history: Any = built.simulation.record(
        built.excitatory[:: settings["excitatory"] // 20], "w", every=one_of_parts(settings["duration"], 50, settings["dt"])
    )
    built.simulation.run(settings["duration"])
    weights = built.simulation[built.excitatory].w.magnitude.reshape(len(built.cells), -1) / settings["g_max"]

    middle = np.broadcast_to(weights[len(weights) // 2], weights.shape) * settings["g_max"]
    still = build(settings, seed + 1, backend, frozen=middle)
    fixed = still.simulation.record_spikes(still.cells)
    still.simulation.run(settings["frozen_duration"])

    end = settings["duration"]
    begin = end - one_of_parts(end, 4, settings["dt"])
    late = [train.magnitude[train.magnitude >= begin.to(ms).magnitude] for train in spikes.trains()]
    gaps = [np.diff(train) for train in late]
    values = {
        "settings": settings,
        "inputs": np.atleast_1d(settings["rates"].to(Hz).magnitude),
        "weights": weights,
        "history": history.values.magnitude.reshape(len(history.times), len(weights), -1) / settings["g_max"],
        "history_times": history.times.to(second).magnitude,
        "outputs": spikes.rate(begin, end).magnitude,
        "fixed": fixed.rate().magnitude,
        "cv": np.array([gap.std() / gap.mean() if len(gap) > 1 else np.nan for gap in gaps]),
        "rates": in_bins(spikes, settings["duration"], 50),
    }
    checks = compare(values) if unchanged(settings, SETTINGS) else ()
    timings = total_timings(built.simulation, still.simulation)
    return Result(values, checks, timings, lambda: _dataset(values))


def in_bins(spikes: Any, duration: Any, bins: int) -> Floats:
    """The rate of each neuron in Hz in each of so many bins, [bin, neuron]."""
    seconds, neurons = duration.to(second).magnitude, len(spikes.elements)
    edges = (np.linspace(0, seconds, bins + 1), np.arange(neurons + 1))
    counts, *_ = np.histogram2d(spikes.times.to(second).magnitude, spikes.indices, bins=edges)
    rates: Floats = counts * bins / seconds
    return rates


def valley(weights: Floats) -> float:
    """How many weights lie in the middle fifth for one in the emptier of the outer fifths: little if there are two groups."""
    counts, _ = np.histogram(weights, bins=5, range=(0, 1))
    outer = min(counts[0], counts[4])
    return float(counts[2] / outer) if outer else float("inf")


def compare(values: Mapping[str, Any]) -> tuple[Check, ...]:
    """Two groups of weights at each rate, and an output that follows the input only a little."""
    inputs, outputs, fixed = values["inputs"], values["outputs"], values["fixed"]
    total = inputs * values["weights"].mean(axis=1)
    valleys = zip(inputs, map(valley, values["weights"]), strict=True)
    doubled = [
        Check(f"output at {b:g} Hz over that at {a:g} Hz", float(max(y / x, x / y)), FACTOR)
        for (a, x), (b, y) in pairwise(zip(inputs, outputs, strict=True))
    ]
    return (
        *(Check(f"weights between the groups for one in them, {rate:g} Hz", found, 0.25) for rate, found in valleys),
        *doubled,
        Check("fixed weights: output at 20 Hz over that at 40 Hz", float(fixed[1] / fixed[2]), 0.2),
        Check("spread of input rate times mean weight over its mean", float(np.ptp(total) / total.mean()), 0.1),
        Check("what the intervals' least coefficient of variation lacks of 1", 1 - float(values["cv"].min()), 0.35),
    )


def _dataset(values: Mapping[str, Any]) -> xarray.Dataset:
    import xarray

    rate, weight = {"units": "Hz"}, {"units": "1", "long_name": "weight over g_max"}
    return xarray.Dataset(
        {
            "weights": (("input_rate", "synapse"), values["weights"], weight),
            "history": (("time", "input_rate", "sample"), values["history"], weight),
            "outputs": ("input_rate", values["outputs"], {**rate, "long_name": "output after learning"}),
            "fixed": ("input_rate", values["fixed"], {**rate, "long_name": "output with fixed weights"}),
            "cv": ("input_rate", values["cv"], {"units": "1", "long_name": "coefficient of variation of intervals"}),
            "rates": (("bin", "input_rate"), values["rates"], {**rate, "long_name": "output while learning"}),
        },
        coords={"input_rate": ("input_rate", values["inputs"], rate), "time": ("time", values["history_times"], {"units": "s"})},
    )


@style.styled
def figure(result: Result) -> Figure:
    """Final weights at the lowest and the highest rate, some weights and the output over time, and output against input."""
    values = result.values
    inputs, seconds = values["inputs"], values["history_times"]
    made = style.figure("page", 3.8)
    panels = made.subplot_mosaic([["A", "B", "C"], ["D", "E", "C"]], width_ratios=[1, 1, 1.1])
    a, b, c, d, e = (panels[name] for name in "ABCDE")
    for axes, number in ((a, 0), (b, -1)):
        plots.weight_histogram(values["weights"][number], limits=(0, 1), axes=axes)
        axes.set_xlabel("Weight / largest")
    d.plot(seconds, values["history"][:, 0], color=style.COLOURS["blue"], linewidth=0.5)
    d.set(xlabel="Time (s)", ylabel="Weight / largest", ylim=(0, 1.02))
    bins = np.linspace(0, values["settings"]["duration"].to(second).magnitude, len(values["rates"]) + 1)
    for number, (colour, rate) in enumerate(zip(style.CYCLE, inputs, strict=False)):
        e.stairs(values["rates"][:, number], bins, baseline=None, color=style.COLOURS[colour], label=f"{rate:g} Hz input")
    e.set(xlabel="Time (s)", ylabel="Output rate (Hz)", ylim=(0, 60))
    e.legend(loc="upper right")
    c.plot(inputs, values["outputs"], "o-", color=style.COLOURS["blue"], label="after learning")
    c.plot(
        inputs, values["fixed"], "s--", color=style.COLOURS["grey"], label=f"weights learned at {inputs[len(inputs) // 2]:g} Hz"
    )
    c.set(xlabel="Input rate (Hz)", ylabel="Output rate (Hz)", xlim=(0, None), ylim=(0, None))
    c.legend(loc="upper left")
    titles = (
        f"{inputs[0]:g} Hz: 1000 weights",
        f"{inputs[-1]:g} Hz: 1000 weights",
        "Output against input",
        "20 weights",
        "Output",
    )
    for axes, name, title in zip((a, b, c, d, e), "ABCDE", titles, strict=True):
        style.letter(axes, name, title)
    return made


EXPERIMENT = Experiment(
    name="competition",
    title="A thousand synapses compete, and hold the rate",
    source="Song, Miller & Abbott (2000), doi:10.1038/78829",
    settings=SETTINGS,
    simulation=lambda settings, seed: build(settings, seed).simulation,
    run_with=run,
    figure=figure,
    tags=("STDP", "integrate-and-fire"),
)
