"""A conductance-based integrate-and-fire neuron whose 300 inputs compete by spike-timing-dependent plasticity.

Source
------
Neuromatch Academy's tutorial on STDP in plain NumPy (``run_LIF_cond_STDP``), after S. Song, K. D. Miller & L. F. Abbott,
"Competitive Hebbian learning through spike-timing-dependent synaptic plasticity", Nature Neuroscience 3 (2000).

Symbols
-------
``v`` membrane potential, ``g`` excitatory conductance over the leak's, ``w`` weight (the document's gE_bar), ``x`` presynaptic
trace (P), ``y`` postsynaptic trace (M, which is negative); A₊ and A₋ are fractions of the largest weight ``w_max``.

What differs
------------
- The document has a step order of its own, `ORDER`: the potential is tested before it is integrated; potentiation uses the
  presynaptic spike of its own step, which then transmits the potentiated weight and only after that depresses it.
- It integrates by forward Euler with steps of 1 ms; its presynaptic trace does not see a spike of step 0; its last step
  cannot spike, so that a run has one step less than it has samples.
- **Its window is wrong.** ``Delta_W`` gives depression the sign of potentiation, and indexes it by the other half of the lags,
  so that the exponential grows: at a lag of 2 ms it prints 1.306, where the rule depresses by 0.0079. The document's
  simulation does not use that function. `window` puts pairs of spikes through the rule itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import bouton as bt
from bouton import plots
from bouton.experiments.base import Check, Experiment, Result, total_timings
from bouton.experiments.references import largest, load, unchanged
from bouton.plots import style
from bouton.units import Hz, ms, mV, second

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NEURON = bt.NeuronModel(
    """
    dv/dt = (-(v - V_L) - g*(v - V_E)) / tau_m : mV (unless refractory)
    dg/dt = -g / tau_syn                       : 1
    """,
    threshold="v >= V_th",
    reset="v = V_reset",
    refractory=2 * ms,
    method="euler",
    parameters={"V_L": -75 * mV, "V_E": 0 * mV, "V_th": -55 * mV, "V_reset": -75 * mV, "tau_m": 10 * ms, "tau_syn": 5 * ms},
    name="lif",
)


def stdp(method: str | None = None) -> bt.SynapseModel:
    """The rule; its traces decay exactly unless a scheme is named."""
    return bt.SynapseModel(
        """
        w : 1
        dx/dt = -x / tau_stdp : 1
        dy/dt = -y / tau_stdp : 1
        """,
        on_pre={"trace": "x += A_plus", "main": "target += w; w = maximum(w + y*w_max, 0)"},
        on_post="y -= A_minus; w = minimum(w + x*w_max, w_max)",
        method=method,
        parameters={"tau_stdp": 20 * ms, "A_plus": 0.008, "A_minus": 0.0088, "w_max": 0.024},
        name="stdp",
    )


RULE = stdp("euler")
ORDER = ("threshold", "reset", "trace", "on_post", "main", "integrate")

SETTINGS: Mapping[str, Any] = {
    "duration": 120 * second,
    "dt": 1 * ms,
    "inputs": "document",  # its 300 trains; "poisson" draws as many from the seed
    "rate": 15 * Hz,  # of Poisson inputs
    "w": 0.014,
    "v": -65 * mV,
    **NEURON.parameters,
    **RULE.parameters,
}


class Built(NamedTuple):
    """A simulation, its neuron, and the synapses onto it."""

    simulation: bt.Simulation
    cell: bt.Population
    synapses: bt.Projection


def given_trains(bits: NDArray[np.uint8], n_steps: int) -> bt.SpikeTimes:
    """The first steps, of 1 ms, of trains kept as packed bits [input, step]."""
    trains, steps = _unpacked(bits.tobytes(), len(bits), n_steps)
    return bt.SpikeTimes(len(bits), steps * ms, trains)


@lru_cache(maxsize=2)
def _unpacked(packed: bytes, inputs: int, n_steps: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Input and step of each spike; kept, since half a million of them take longer to unpack than to run."""
    bits = np.frombuffer(packed, dtype=np.uint8).reshape(inputs, -1)
    trains, steps = np.nonzero(np.unpackbits(bits, axis=1, count=n_steps).view(bool))
    return trains, steps


def main_inputs(settings: Mapping[str, Any]) -> bt.SpikeTimes | bt.Poisson:
    """The trains that the settings ask for."""
    document = load("nma_15hz_120s")
    if settings["inputs"] == "poisson":
        return bt.Poisson(len(document["pre_bits"]), settings["rate"])
    n_steps = round(float(settings["duration"].to(ms).magnitude))
    return given_trains(document["pre_bits"], min(n_steps, int(document["n_steps"])))


def build(settings: Mapping[str, Any], source: bt.SpikeTimes | bt.Poisson, seed: int = 0, backend: str = "cpu") -> Built:
    """All inputs onto one neuron."""
    x = np.zeros(len(source))
    if isinstance(source, bt.SpikeTimes):
        x[source.indices[source.times == 0]] = -settings["A_plus"]  # undoes the spike that the document overlooks
    network = bt.Network()
    network.add(source, name="inputs")
    cell = network.add(bt.Population(1, NEURON, **{name: settings[name] for name in ("v", *NEURON.parameters)}))
    synapses = network.connect(source, cell, RULE, target="g", x=x, **{n: settings[n] for n in ("w", *RULE.parameters)})
    simulation = bt.Simulation(network, dt=settings["dt"], seed=seed, backend=backend, step_order=ORDER)
    return Built(simulation, cell, synapses)


def simulate(built: Built, settings: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, NDArray[np.float64]]]:
    """Run one step less than the duration: the recordings, and the document's arrays, [sample] or [sample, input]."""
    simulation, cell, synapses = built
    recordings: dict[str, Any] = {
        "spikes": simulation.record_spikes(cell),
        "v": simulation.record(cell, "v", when="after:on_post"),
        "g": simulation.record(cell, "g", when="after:main"),
        "x": simulation.record(synapses[:10], "x", when="after:on_post"),
        "y": simulation.record(synapses[:1], "y", when="after:on_post"),
        "w": simulation.record(synapses[:10], "w", when="after:on_post"),
        "weights": simulation.record(synapses, "w", every=1 * second, when="after:on_post"),
    }
    simulation.run(settings["duration"] - settings["dt"])
    array = {name: recording.values.magnitude for name, recording in recordings.items() if name != "spikes"}
    last, weights = simulation[synapses[:10]], simulation[synapses].w.magnitude
    return recordings, {
        "spikes": recordings["spikes"].times.magnitude,
        "v": np.append(array["v"][:, 0], simulation[cell].v.magnitude),
        "gE": np.append(0, array["g"][:, 0]),
        "P": array["x"],  # without the last sample: that step is not run
        "M": np.append(array["y"][:, 0], last.y.magnitude[0]),
        "gbar": np.append(array["w"], [last.w.magnitude], axis=0),
        "gbar_1s": array["weights"].astype(np.float32),
        "gbar_final": weights,
    }


def window(settings: Mapping[str, Any], lags: NDArray[np.float64], backend: str = "cpu") -> tuple[Any, bt.Simulation]:
    """Weight change as a fraction of the largest weight for pairs of spikes, [pair], from one run with a synapse for each.

    ``lags`` are t_pre − t_post in ms, odd multiples of half their spacing, which is the time step.
    """
    half = (lags[1] - lags[0]) / 2
    pairs, first = np.arange(len(lags)), 2 * len(lags)
    network = bt.Network()
    pre = network.add(bt.SpikeTimes(len(lags), (first + np.rint(lags / half)) * half * ms, pairs))
    forced = bt.SpikeTimes(len(lags), np.full(len(lags), first * half) * ms, pairs)
    post = network.add(bt.Population(len(lags), bt.NeuronModel("g : 1"), force_spikes=forced))
    values = {name: settings[name] for name in RULE.parameters}
    synapses = network.connect(pre, post, stdp(), target="g", pattern=bt.OneToOne(), w=settings["w_max"] / 2, **values)
    simulation = bt.Simulation(network, dt=half * ms, backend=backend)
    simulation.run(2 * first * half * ms)
    return simulation[synapses].w.magnitude / settings["w_max"] - 0.5, simulation


def run(settings: Mapping[str, Any], seed: int = 0, backend: str = "cpu") -> Result:
    """The long run, the document's two short examples, and the window of the rule."""
    small, default = load("nma_small"), unchanged(settings, SETTINGS)
    main = build(settings, main_inputs(settings), seed, backend)
    recordings, found = simulate(main, settings)
    brief = {**settings, "duration": 200 * ms}
    example = build({**brief, "w": settings["w_max"]}, given_trains(small["ex2_pre"], 200), seed, backend)
    _, shown = simulate(example, brief)
    five = build({**brief, "w": 0.0}, given_trains(small["P5_pre"], 200), seed, backend)
    trains = five.simulation.record(five.synapses, "x", when="after:on_post")
    five.simulation.run(brief["duration"])
    changes, pairs = window(settings, small["time_diff"], backend)
    values = {**found, "ex2": shown, "P5": trains.values.magnitude, "lags_ms": -small["time_diff"], "dW": changes}
    values |= {name: settings[name] for name in ("w", "w_max")}
    checks = _checks(values) if default else ()
    timings = total_timings(main.simulation, example.simulation, five.simulation, pairs)
    return Result(values, checks, timings, lambda: bt.to_dataset(recordings))


def _checks(values: Mapping[str, Any]) -> tuple[Check, ...]:
    """Every array of the document against ours."""
    long, small, shown = load("nma_15hz_120s"), load("nma_small"), values["ex2"]
    pairs = {
        "120 s: weights at the end": (values["gbar_final"], long["gbar_final"]),
        "120 s: weights each second": (values["gbar_1s"], long["gbar_1s"].T),
        "120 s: ten weights at each step of 2 s": (values["gbar"][:2000], long["gbar_first10_first2s"].T),
        "120 s: v (mV), first second": (values["v"][:1000], long["v_first_1s"]),
        "120 s: v (mV), last second": (values["v"][-1000:], long["v_last_1s"]),
        "120 s: gE, first second": (values["gE"][:1000], long["gE_first_1s"]),
        "120 s: gE, last second": (values["gE"][-1000:], long["gE_last_1s"]),
        "120 s: M, last second": (values["M"][-1000:], long["M_last_1s"]),
        "120 s: P, last second": (values["P"][-999:], long["P_first10_last1s"].T[:-1]),
        "200 ms: v (mV)": (shown["v"], small["ex2_v"]),
        "200 ms: gE": (shown["gE"], small["ex2_gE"]),
        "200 ms: M": (shown["M"], small["ex2_M"]),
        "200 ms: P": (shown["P"], small["ex2_P_first10"].T[:-1]),
        "200 ms: weights": (shown["gbar"], small["ex2_gbar_first10"].T),
        "200 ms: weights at the end": (shown["gbar_final"], small["ex2_gbar_final"]),
        "five inputs: P": (values["P5"], small["P5"].T),
        "window that is meant": (values["dW"], small["dW_intended"]),
    }
    spikes = {
        "120 s: spike times (ms)": (values["spikes"], long["spikes_ms"]),
        "200 ms: spike times (ms)": (shown["spikes"], small["ex2_spikes_ms"]),
    }
    exact = (Check(what, largest(*both), 0.0) for what, both in spikes.items())
    return (*exact, *(Check(what, largest(*both), 1e-12) for what, both in pairs.items()))


@style.styled
def figure(result: Result) -> Figure:
    """The document's figures: the window, presynaptic traces, the first 200 ms, and what becomes of the weights."""
    values, shown, p5 = result.values, result.values["ex2"], result.values["P5"]
    largest_weight, steps = values["w_max"], np.arange(len(shown["v"])) * ms
    weights, before = values["gbar_1s"] / largest_weight, values["w"] / largest_weight
    made = style.figure("page", 5.8)
    axes = made.subplot_mosaic("ab;cd;ef")
    plots.window((values["lags_ms"] * ms, 100 * values["dW"]), axes=axes["a"]).set_ylabel("Change (% of\nlargest weight)")
    names = [str(number + 1) for number in range(p5.shape[1])]
    plots.stacked((np.arange(len(p5)) * ms, p5), names=names, scale=0.008, axes=axes["b"]).set_ylabel("Input")
    plots.traces((steps, shown["v"] * mV), shown["spikes"] * ms, peak=-20 * mV, threshold=-55 * mV, axes=axes["c"])
    axes["c"].set_ylabel("Membrane potential (mV)")
    plots.traces((steps, shown["gE"]), colours=("green",), axes=axes["d"]).set(ylabel="Conductance (leak = 1)", ylim=(0, None))
    plots.weight_history((np.arange(len(weights)) * second, weights), highlighted=(0, 1, 2), axes=axes["e"])
    axes["e"].set(ylabel="Weight / largest", ylim=(0, 1))
    plots.weight_histogram(values["gbar_final"] / largest_weight, limits=(0, 1), before=before, across=True, axes=axes["f"])
    axes["f"].set_ylabel("Weight / largest")
    titles = {
        "a": "Window of the rule",
        "b": "Presynaptic traces",
        "c": "Potential, 300 inputs at 10 Hz",
        "d": "Conductance, 300 inputs at 10 Hz",
        "e": "Weights of 300 inputs at 15 Hz",
        "f": "Weights at the end, and at the start (dashed)",
    }
    for letter, title in titles.items():
        style.letter(axes[letter], letter, title)
    return made


EXPERIMENT = Experiment(
    name="lif-stdp",
    title="300 inputs of one neuron compete by STDP",
    source="Neuromatch Academy, NumPy tutorial on STDP",
    settings=SETTINGS,
    simulation=lambda settings, seed: build(settings, main_inputs(settings), seed).simulation,
    run_with=run,
    figure=figure,
    tags=("tour", "STDP", "integrate-and-fire", "NumPy"),
)
