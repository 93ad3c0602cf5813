"""A network finds the synapse that is rewarded, though the reward comes seconds after the spikes that earned it.

A thousand neurons fire about once a second, by noise. Whenever a chosen neuron fires within 20 ms after another, from which it
has a synapse, dopamine is released 1 to 3 s later. What pairs of spikes leave at a synapse, its eligibility, fades within a
second or so; dopamine turns what is left of it into weight, at every synapse. At the chosen one it does so in the same sense
each time: within an hour it grows from nothing to its bound.

Source
------
E. M. Izhikevich, "Solving the distal reward problem through linkage of STDP and dopamine signaling", Cerebral Cortex 17:2443
(2007), doi:10.1093/cercor/bhl152, figure 1, in the form of the author's program ``daspnet.m``, with all its numbers.

Symbols
-------
``c`` eligibility, ``d`` dopamine, ``x`` and ``y`` traces of presynaptic and postsynaptic spikes, ``w`` weight; ``W`` what the
weight will be once dopamine and eligibility have decayed; ``chosen`` which of 200 waiting times a reward would take.

What differs
------------
- The rule is that of ``bt.rules.IzhikevichDopamine``, which brings its weights up to date in each step. Here ``w`` is written in
  closed form, W − c·(d·τ_e + d₀·τ_c)/τ_w with 1/τ_e = 1/τ_c + 1/τ_d, so that between events there is nothing to do, and an hour
  takes about a minute. The tests hold one to the other. Bounds hold at events; the program's each 10 ms.
- The program's factors (0.99 in 10 ms, 0.995 and 0.95 in 1 ms) are time constants. ``A_plus`` is given 1 ms of decay back, since
  the program potentiates by 0.1 at a lag of 1 ms. Spikes in one step depress, as there.
- Waiting times are multiples of 10 ms.
- The bound is reached by others, too, by chance: after an hour 2 to 6 % of all synapses are within a tenth of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import bouton as bt
from bouton import plots
from bouton.experiments.base import Check, Experiment, Result
from bouton.experiments.references import unchanged
from bouton.plots import style
from bouton.units import ms, second

if TYPE_CHECKING:
    import xarray
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]

SETTINGS: Mapping[str, Any] = {
    "dt": 1 * ms,
    "duration": 3600 * second,
    "excitatory": 800,
    "inhibitory": 200,
    "synapses": 100,  # of each neuron
    "w_initial": 1.0,
    "w_max": 4.0,
    "window": 20 * ms,
    "soonest": 1 * second,
    "latest": 3 * second,
    "release": 0.5,
    "d_0": 0.002,
    "A_plus": 0.1 / 0.95,
    "A_minus": 0.15,
}
NEURON = bt.NeuronModel(
    "v : 1\nu : 1\nI : 1\na : 1 (constant)\nd : 1 (constant)",
    every=(
        bt.dt,
        """
        J = I + 13*(rand() - 0.5)
        v += 0.5*((0.04*v + 5)*v + 140 - u + J)
        v += 0.5*((0.04*v + 5)*v + 140 - u + J)
        u += a*(0.2*v - u)
        I = 0
        """,
    ),
    threshold="v >= 30",
    reset="v = -65; u += d",
    name="izhikevich",
)
BOUNDED = "now = clip(w, 0, w_max)"  # the weight, and what W becomes when c or d have changed
REBASED = "W = now + c*(d*tau_e + d_0*tau_c)/tau_w"
DOPAMINE = bt.SynapseModel(
    """
    w = W - c*(d*tau_e + d_0*tau_c)/tau_w : 1
    tau_e = tau_c*tau_d/(tau_c + tau_d) : second
    W : 1
    dc/dt = -c/tau_c : 1
    dd/dt = -d/tau_d : 1
    dx/dt = -x/tau_plus : 1
    dy/dt = -y/tau_minus : 1
    """,
    on_pre=f"{BOUNDED}; target += now; c -= A_minus*y; x = 1; {REBASED}",
    on_post=f"{BOUNDED}; c += A_plus*x; y = 1; {REBASED}",
    on_event={"dopamine": f"{BOUNDED}; d += release; {REBASED}"},
    parameters={
        **{"tau_c": 1 * second, "tau_d": 0.2 * second, "tau_w": 10 * ms, "tau_plus": 20 * ms, "tau_minus": 20 * ms},
        **{name: SETTINGS[name] for name in ("A_plus", "A_minus", "d_0", "release", "w_max")},
    },
    name="dopamine",
)
INHIBITION = bt.SynapseModel("", on_pre="target -= 1", name="inhibition")
ORDER = ("integrate", "every", "threshold", "on_post", "on_pre", "on_event", "reset")

# What rewards: a detector of pairs of spikes, relays with a waiting time each, of which it chooses one, and what releases.
DETECTOR = bt.NeuronModel(
    "last : second\nhit : 1\nchosen : 1",
    every=(bt.dt, "chosen = floor(choices*rand())"),
    threshold="hit > 0",
    reset="hit = 0",
    parameters={"choices": 200},
    name="detector",
)
RELAY = bt.NeuronModel("hit : 1\nnumber : 1 (constant)", threshold="hit > 0", reset="hit = 0", name="relay")
FIRST = bt.SynapseModel("", on_pre="last_post = t", name="first")
SECOND = bt.SynapseModel(
    "",
    on_pre="hit_post = where(t - last_post < window, heaviside(t - last_post), 0)",
    parameters={"window": SETTINGS["window"]},
    name="second",
)
CHOOSE = bt.SynapseModel("", on_pre="hit_post = where(abs(number_post - chosen_pre) < 0.5, 1, 0)", name="choose")
WAIT = bt.SynapseModel("", on_pre="hit_post = 1", name="wait")


class Built(NamedTuple):
    """A simulation, its neurons, plastic synapses, of which number 0 is rewarded, the detector of its pairs, and what rewards."""

    simulation: bt.Simulation
    neurons: bt.Population
    plastic: bt.Projection
    detector: bt.Population
    reward: bt.Population


def build(settings: Mapping[str, Any], seed: int = 0, backend: str = "cpu") -> Built:
    """The network, with random partners, and the apparatus that rewards the first synapse of the first neuron."""
    rng = np.random.default_rng(seed)
    ne, ni, m = (int(settings[name]) for name in ("excitatory", "inhibitory", "synapses"))
    exciting, inhibiting = rng.integers(0, ne + ni, (ne, m)), rng.integers(0, ne, (ni, m))
    network = bt.Network()
    kind = np.arange(ne + ni) < ne
    given: dict[str, Any] = {"a": np.where(kind, 0.02, 0.1), "d": np.where(kind, 8.0, 2.0), "v": -65.0, "u": -13.0}
    neurons = network.add(bt.Population(ne + ni, NEURON, **given), name="neurons")

    choices = round(((settings["latest"] - settings["soonest"]) / (10 * ms)).to("").magnitude)
    detector = network.add(bt.Population(1, DETECTOR, last=-1 * second, choices=choices), name="detector")
    relays = network.add(bt.Population(choices, RELAY, number=np.arange(choices)), name="relays")
    reward = network.add(bt.Population(1, RELAY, number=0.0), name="reward")
    network.connect(neurons[:1], detector, FIRST)
    network.connect(neurons[exciting[0, :1]], detector, SECOND, window=settings["window"])
    network.connect(detector, relays, CHOOSE)
    network.connect(relays, reward, WAIT, axonal_delay=settings["soonest"] + np.arange(1, choices + 1) * 10 * ms)

    weights = np.full(ne * m, settings["w_initial"])
    weights[0] = 0.0
    values = {name: settings[name] for name in ("A_plus", "A_minus", "d_0", "release", "w_max")}
    pattern = bt.Pairs(np.repeat(np.arange(ne), m), exciting.ravel())
    plastic = network.connect(
        neurons[:ne], neurons, DOPAMINE, target="I", pattern=pattern, events={"dopamine": reward}, W=weights, **values
    )
    pattern = bt.Pairs(np.repeat(np.arange(ni), m), inhibiting.ravel())
    network.connect(neurons[ne:], neurons, INHIBITION, target="I", pattern=pattern)
    simulation = bt.Simulation(network, settings["dt"], seed, backend=backend, step_order=ORDER)
    return Built(simulation, neurons, plastic, detector, reward)


def run(settings: Mapping[str, Any], seed: int = 0, backend: str = "cpu") -> Result:
    """Run for the hour, and look at the rewarded synapse among all others."""
    built = build(settings, seed, backend)
    simulation = built.simulation
    some: Any = simulation.record(built.plastic[:: len(built.neurons)], "w", when="transmitted")
    pairs, rewards = simulation.record_spikes(built.detector), simulation.record_spikes(built.reward)
    shown = min(settings["duration"], 1 * second)
    simulation.run(settings["duration"] - shown)
    spikes = simulation.record_spikes(built.neurons)
    simulation.run(shown)
    largest, first, times = settings["w_max"], some.synapses == 0, some.times.to(second).magnitude
    seen = np.clip(some.values.magnitude / largest, 0, 1)
    values = {
        "settings": settings,
        "times": times[first],
        "rewarded": seen[first],
        "some_times": times[~first],
        "some": seen[~first],
        "weights": np.clip(weights(built) / largest, 0, 1),
        "pairs": pairs.times.to(second).magnitude,
        "rewards": rewards.times.to(second).magnitude,
        "spikes": (spikes.times.magnitude, spikes.indices),
    }
    checks = compare(values) if unchanged(settings, SETTINGS) else ()
    return Result(values, checks, simulation.timings, lambda: _dataset(values))


def weights(built: Built) -> Floats:
    """All weights as they are now; recording ``w`` on a grid would compute them in each step."""
    synapses = built.simulation[built.plastic]
    given = synapses.parameters
    tau_e = given.tau_c * given.tau_d / (given.tau_c + given.tau_d)
    used = (synapses.d * tau_e + given.d_0 * given.tau_c) / given.tau_w
    now: Floats = (synapses.W - synapses.c * used).to("").magnitude
    return now


def compare(values: Mapping[str, Any]) -> tuple[Check, ...]:
    """The rewarded synapse is at its bound, and few others are."""
    weights, end = values["weights"], values["settings"]["duration"].to(second).magnitude
    late = values["rewarded"][values["times"] >= end - 600].mean()
    return (
        Check("what the rewarded weight of the last ten minutes lacks of its bound, as a share", 1 - float(late), 0.15),
        Check("share of the synapses that are within a tenth of the bound", float((weights[1:] > 0.9).mean()), 0.1),
        Check("mean weight of all synapses, over the bound", float(weights.mean()), 0.25),
        Check("median weight of all synapses, over the bound", float(np.median(weights)), 0.2),
    )


def _dataset(values: Mapping[str, Any]) -> xarray.Dataset:
    import xarray

    weight = {"units": "1", "long_name": "weight over its bound"}
    return xarray.Dataset(
        {
            "rewarded": ("time", values["rewarded"], {**weight, "long_name": "rewarded weight over its bound"}),
            "weights": ("synapse", values["weights"], {**weight, "long_name": "weights at the end, the rewarded one first"}),
            "some": ("some_time", values["some"], {**weight, "long_name": "weights of 79 others"}),
            "pairs": ("pair", values["pairs"], {"units": "s", "long_name": "rewarded pairs of spikes"}),
            "rewards": ("reward", values["rewards"], {"units": "s", "long_name": "rewards"}),
        },
        coords={
            "time": ("time", values["times"], {"units": "s"}),
            "some_time": ("some_time", values["some_times"], {"units": "s"}),
        },
    )


@style.styled
def figure(result: Result) -> Figure:
    """The rewarded weight among others over time, all weights at the end, how often rewards came, and spikes of a second."""
    values = result.values
    made = style.figure("page", 3.8)
    panels = made.subplot_mosaic([["A", "A", "B"], ["C", "C", "D"]])
    a, b, c, d = (panels[name] for name in "ABCD")
    a.plot(values["some_times"][::10], values["some"][::10], ",", color=style.COLOURS["grey"], rasterized=True)
    a.plot(values["times"], values["rewarded"], color=style.COLOURS["blue"], label="rewarded")
    a.plot(values["rewards"], np.full(len(values["rewards"]), 1.06), "|", color=style.COLOURS["vermilion"], label="rewards")
    a.set(xlabel="Time (s)", ylabel="Weight / largest", xlim=(0, None), ylim=(0, 1.12))
    a.legend(loc="center right", frameon=True, framealpha=0.9, edgecolor="none")
    b.hist(values["weights"], bins=40, range=(0, 1), color=style.COLOURS["grey"])
    b.axvline(values["weights"][0], color=style.COLOURS["blue"])
    b.set(xlabel="Weight / largest", ylabel="Synapses", yscale="log", xlim=(-0.02, 1.02))
    times, whose = values["spikes"]
    neurons = int(values["settings"]["excitatory"] + values["settings"]["inhibitory"])
    plots.raster(((times - times.min(initial=np.inf)) * ms, whose), rates=False, size=neurons, axes=c)
    d.hist(values["pairs"], bins=12, color=style.COLOURS["vermilion"])
    d.set(xlabel="Time (s)", ylabel="Rewarded pairs")
    titles = ("The rewarded weight, and 79 others as dots", "Weights at the end", "The last second", "Pairs that earn a reward")
    for axes, name, title in zip((a, b, c, d), "ABCD", titles, strict=True):
        style.letter(axes, name, title)
    return made


EXPERIMENT = Experiment(
    name="distal-reward",
    title="A network finds the synapse that a late reward is for",
    source="Izhikevich (2007), doi:10.1093/cercor/bhl152",
    settings=SETTINGS,
    simulation=lambda settings, seed: build(settings, seed).simulation,
    run_with=run,
    figure=figure,
    tags=("dopamine", "reward", "network"),
)
