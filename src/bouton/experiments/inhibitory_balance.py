"""Inhibitory synapses learn to balance excitation: channel by channel in one neuron, and neuron by neuron in a network.

Eight signals reach a neuron, each through 100 excitatory and 25 inhibitory afferents. Excitation prefers one signal, inhibition
is weak and the same for all, until it learns: then it prefers the same signal, the currents of each channel cancel, and the
neuron is left with a low rate near the target. In a network, every excitatory neuron comes to fire near the target, irregularly.

Source
------
T. P. Vogels, H. Sprekeler, F. Zenke, C. Clopath & W. Gerstner, "Inhibitory plasticity balances excitation and inhibition in
sensory pathways and memory networks", Science 334:1569 (2011), doi:10.1126/science.1211095. The neuron and its numbers are those
of the authors' program in the supplement, as transcribed in public repositories; the network is that of F. Zenke's version for
the Brian twister of 2012 (brian-team/brian, examples/twister/FriedemannZenke.py).

Symbols
-------
``x`` a signal, uniform noise with time constant ``tau_s``; ``background`` and ``peak`` rates of its afferents, for x = 0 and
added to it at x = ``norm``. ``g_E``, ``g_I`` sums of synaptic weights, of which ``a_E`` and ``a_I`` make conductances in units of
the leak; ``rho_0`` target rate.

What differs
------------
- The program adds up conductances before it moves the potential; here spikes of a step are felt in the next one.
- Its groups of inhibitory afferents are shifted by one (24 to 26 in each), here all have 25. It learns for 150 s, here 300 s.
- The network learns ten times as fast as the twister's, so that its rate settles within a minute.
- Target rates are those of independent spikes, ρ₀ = α/(2τ). The neuron settles below its 6.25 Hz, at 4 to 6: it fires with the
  signals, when inhibitory traces are above their mean. The network settles above its 3 Hz, at 3.6 to 3.9: there inhibition holds
  back the spikes that would follow it, and pairs are rarer than those of independent spikes. That potentiation and depression
  cancel all the same is a check of its own.
- Currents are measured before and after learning in runs of their own with frozen weights, where probes hold the conductances
  of one channel each at the neuron's potential. As in the program, a channel's inhibition has its share of the leak current.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import bouton as bt
from bouton.experiments.base import Check, Experiment, Result, one_of_parts, total_timings
from bouton.experiments.references import unchanged
from bouton.plots import style
from bouton.units import Hz, ms, mV, nS, pA, pF, second

if TYPE_CHECKING:
    import xarray
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]

SETTINGS: Mapping[str, Any] = {
    "dt": 0.1 * ms,
    "learning": 300 * second,
    "measuring": 40 * second,
    "eta": 0.001,
    "rho_0": 6.25 * Hz,
    "w_initial": 0.1,
    "preferred": 4,  # the fifth of eight channels
    "neurons": 10_000,
    "network_learning": 60 * second,
    "network_eta": 0.1 * nS,
    "network_rho_0": 3 * Hz,
}
CHANNELS, EXCITATORY, INHIBITORY = 8, 100, 25
GROUP = np.concatenate([np.repeat(np.arange(CHANNELS), count) for count in (EXCITATORY, INHIBITORY)])
"""The channel of each afferent, the excitatory ones first."""
LOW, HIGH = slice(None, CHANNELS * EXCITATORY), slice(CHANNELS * EXCITATORY, None)

SIGNAL = bt.NeuronModel(
    "x : 1\nrate = background + peak*maximum(x, 0)/norm : Hz",
    every=(bt.dt, "x += (rand() - 0.5 - x)*(1 - exp(-dt/tau_s))"),
    parameters={"tau_s": 50 * ms, "background": 5 * Hz, "peak": 500 * Hz, "norm": 0.03},
    name="signal",
)
AFFERENT = bt.NeuronModel("r : Hz", threshold="rand() < r*dt", refractory=5 * ms, name="afferent")
DRIVE = bt.SynapseModel("r_post = rate_pre : Hz (summed)", name="drive")
MEMBRANE: Mapping[str, Any] = {"g_L": 10 * nS, "E_L": -60 * mV, "E_E": 0 * mV, "E_I": -80 * mV}
SYNAPTIC: Mapping[str, Any] = {"tau_E": 5 * ms, "tau_I": 10 * ms, "a_E": 0.014, "a_I": 0.035}
CONDUCTANCES = "dg_E/dt = -g_E/tau_E : 1\ndg_I/dt = -g_I/tau_I : 1"
CELL = bt.NeuronModel(
    f"dv/dt = (E_L - v + a_E*g_E*(E_E - v) + a_I*g_I*(E_I - v))/tau_m : mV (unless refractory)\n{CONDUCTANCES}",
    threshold="v > theta",
    reset="v = E_L",
    refractory=5 * ms,
    parameters={**{k: v for k, v in MEMBRANE.items() if k != "g_L"}, **SYNAPTIC, "tau_m": 20 * ms, "theta": -50 * mV},
    name="cell",
)
PROBE = bt.NeuronModel(
    f"""
    v : mV (linked)
    {CONDUCTANCES}
    I_E = g_L*a_E*g_E*(E_E - v) : pA
    I_I = g_L*(a_I*g_I*(v - E_I) + (v - E_L)/channels) : pA
    """,
    parameters={**MEMBRANE, **SYNAPTIC, "channels": CHANNELS},
    name="probe",
)
STATIC = bt.SynapseModel("w : 1 (constant)", on_pre="target += w", name="static")

COBA = bt.NeuronModel(
    """
    dv/dt = (g_L*(E_L - v) + g_E*(E_E - v) + g_I*(E_I - v) + I)/C : mV (unless refractory)
    dg_E/dt = -g_E/tau_E : nS
    dg_I/dt = -g_I/tau_I : nS
    """,
    threshold="v > theta",
    reset="v = E_L",
    refractory=5 * ms,
    parameters={**MEMBRANE, "tau_E": 5 * ms, "tau_I": 10 * ms, "C": 200 * pF, "I": 200 * pA, "theta": -50 * mV},
    method={"v": "euler"},  # an exponential for each of 10 000 neurons and each step takes most of the time
    name="coba",
)
FIXED = bt.SynapseModel("", on_pre="target += J", parameters={"J": 1 * nS}, name="fixed")

LEAST_CORRELATION, LEAST_CV = 0.98, 0.8


class Neuron(NamedTuple):
    """A simulation, its neuron, the probes of its channels if there are any, and the inhibitory synapses."""

    simulation: bt.Simulation
    cell: bt.Population
    probes: bt.Population | None
    inhibitory: bt.Projection


class Balanced(NamedTuple):
    """A simulation, its excitatory and inhibitory neurons, and the synapses from the latter to the former."""

    simulation: bt.Simulation
    excitatory: Any
    inhibitory: Any
    plastic: bt.Projection


def tuning(settings: Mapping[str, Any], seed: int) -> Floats:
    """The excitatory weights, [afferent]: as in the program, with its share of chance."""
    distance = GROUP[LOW] - float(settings["preferred"])
    weights: Floats = 0.3 + 1.1 / (1 + distance**4) + 0.1 * np.random.default_rng(seed).random(len(distance))
    return weights


def build(settings: Mapping[str, Any], seed: int = 0, backend: str = "cpu", *, frozen: Floats | None = None) -> Neuron:
    """The neuron and its inputs; with ``frozen`` inhibitory weights [afferent], and probes, where nothing shall be learned."""
    network = bt.Network()
    signals = network.add(bt.Population(CHANNELS, SIGNAL), name="signals")
    afferents = network.add(bt.Population(len(GROUP), AFFERENT), name="afferents")
    cell = network.add(bt.Population(1, CELL, v=MEMBRANE["E_L"]), name="cell")
    network.connect(signals, afferents, DRIVE, pattern=bt.Pairs(GROUP, np.arange(len(GROUP))))
    weights = tuning(settings, seed)
    network.connect(afferents[LOW], cell, STATIC, target="g_E", w=weights)
    if frozen is None:
        rule = bt.rules.VogelsInhibitory(eta=settings["eta"], rho_0=settings["rho_0"])
        plastic = network.connect(afferents[HIGH], cell, rule, target="g_I", w=settings["w_initial"])
        return Neuron(bt.Simulation(network, settings["dt"], seed, backend=backend), cell, None, plastic)
    still = network.connect(afferents[HIGH], cell, STATIC, target="g_I", w=frozen)
    probes = network.add(bt.Population(CHANNELS, PROBE, link={"v": cell}), name="probes")
    for side, target, values in ((LOW, "g_E", weights), (HIGH, "g_I", frozen)):
        pattern = bt.Pairs(np.arange(len(values)), GROUP[side])
        network.connect(afferents[side], probes, STATIC, target=target, pattern=pattern, w=values)
    return Neuron(bt.Simulation(network, settings["dt"], seed + 1, backend=backend), cell, probes, still)


def build_network(settings: Mapping[str, Any], seed: int = 0, backend: str = "cpu") -> Balanced:
    """The network, with plastic inhibition of its excitatory neurons."""
    n = int(settings["neurons"])
    network = bt.Network()
    neurons = network.add(bt.Population(n, COBA, v=bt.Uniform(-60 * mV, -50 * mV)), name="neurons")
    e, i = neurons[: n * 4 // 5], neurons[n * 4 // 5 :]
    sparse = bt.Bernoulli(min(200 / n, 1.0))  # as many inputs each as among 10 000
    network.connect(e, neurons, FIXED, target="g_E", pattern=sparse, J=0.3 * nS)
    network.connect(i, i, FIXED, target="g_I", pattern=sparse, J=3 * nS)
    given = {"eta": settings["network_eta"], "rho_0": settings["network_rho_0"]}
    rule = bt.rules.VogelsInhibitory("zenke2012_brian_twister", unit="nS", **given)
    plastic = network.connect(i, e, rule, target="g_I", pattern=sparse, w=0 * nS)
    return Balanced(bt.Simulation(network, settings["dt"], seed, backend=backend), e, i, plastic)


def run(settings: Mapping[str, Any], seed: int = 0, backend: str = "cpu") -> Result:
    """The neuron before, while and after it learns, and the network."""
    one = build(settings, seed, backend)
    history: Any = one.simulation.record(one.inhibitory, "w", every=one_of_parts(settings["learning"], 100, settings["dt"]))
    spikes = one.simulation.record_spikes(one.cell)
    initial = one.simulation[one.inhibitory].w.magnitude
    one.simulation.run(settings["learning"])
    before, first = measure(settings, initial, seed, backend)
    after, last = measure(settings, one.simulation[one.inhibitory].w.magnitude, seed, backend)
    network, many = run_network(settings, seed, backend)
    means = history.values.magnitude.reshape(-1, CHANNELS, INHIBITORY).mean(axis=2)
    values = {
        "settings": settings,
        "before": before,
        "after": after,
        "network": network,
        "tuning": tuning(settings, seed).reshape(CHANNELS, EXCITATORY).mean(axis=1),
        "weight_times": history.times.to(second).magnitude,
        "weights": means,
        "rate": in_bins(spikes, settings["learning"], 50),
    }
    checks = compare(values) if unchanged(settings, SETTINGS) else ()
    return Result(values, checks, total_timings(one.simulation, first, last, many), lambda: _dataset(values))


def measure(settings: Mapping[str, Any], frozen: Floats, seed: int, backend: str = "cpu") -> tuple[dict[str, Any], bt.Simulation]:
    """Mean currents of the channels in pA, [channel], and the rate in Hz, with inhibitory weights as they are."""
    built = build(settings, seed, backend, frozen=frozen)
    currents: dict[str, Any] = {name: built.simulation.record(built.probes, name, every=1 * ms) for name in ("I_E", "I_I")}
    spikes = built.simulation.record_spikes(built.cell)
    built.simulation.run(settings["measuring"])
    means = {name: current.values.magnitude.mean(axis=0) for name, current in currents.items()}
    return {**means, "rate": float(spikes.rate().magnitude[0])}, built.simulation


def run_network(settings: Mapping[str, Any], seed: int = 0, backend: str = "cpu") -> tuple[dict[str, Any], bt.Simulation]:
    """The rate over time, and in the last quarter each neuron's, the CV of its intervals, and how far weights still drift."""
    simulation, excitatory, inhibitory, plastic = build_network(settings, seed, backend)
    spikes, inhibition = simulation.record_spikes(excitatory), simulation.record_spikes(inhibitory)
    duration, quarter = settings["network_learning"], one_of_parts(settings["network_learning"], 4, settings["dt"])
    begin = duration - quarter
    simulation.run(begin)
    earlier = simulation[plastic].w.to(nS).magnitude.mean()
    simulation.run(quarter)
    drift = simulation[plastic].w.to(nS).magnitude.mean() - earlier
    alpha = 2 * settings["network_rho_0"] * plastic.model.parameters["tau"]
    taken = (settings["network_eta"] * alpha).to(nS).magnitude * inhibition.counts(begin, duration).mean()
    trains = (train.magnitude[train.magnitude >= begin.to(ms).magnitude] for train in spikes.trains())
    gaps = [np.diff(train) for train in trains if len(train) >= 10]
    return {
        "rate": in_bins(spikes, duration, 60),
        "rates": spikes.rate(begin, duration).magnitude,
        "cv": np.array([gap.std() / gap.mean() for gap in gaps]),
        "drift": float(drift / taken) if taken > 0 else float("nan"),
    }, simulation


def in_bins(spikes: Any, duration: Any, bins: int) -> tuple[Floats, Floats]:
    """The edges of so many bins in s, and the mean rate of the elements in Hz in each."""
    counts, edges = np.histogram(spikes.times.to(second).magnitude, bins=bins, range=(0, duration.to(second).magnitude))
    return edges, counts / (len(spikes.elements) * edges[1])


def compare(values: Mapping[str, Any]) -> tuple[Check, ...]:
    """Balance in the neuron, and the target in the network."""
    settings, before, after, network = (values[name] for name in ("settings", "before", "after", "network"))
    target, wanted = (settings[name].to(Hz).magnitude for name in ("rho_0", "network_rho_0"))
    tuned = float(np.corrcoef(values["tuning"], values["weights"][-1])[0, 1])
    net = np.abs(after["I_E"] - after["I_I"]) / after["I_E"]
    return (
        Check("neuron: what the correlation of inhibitory and excitatory tuning lacks of 1", 1 - tuned, 1 - LEAST_CORRELATION),
        Check("neuron: largest net current of a channel, as a share of its excitation", float(net.max()), 0.2),
        Check("neuron: rate after learning, as a share of that before", after["rate"] / before["rate"], 0.1),
        Check("neuron: rate after learning against the target (Hz)", abs(after["rate"] - target), 2.5),
        Check("network: mean rate against the target (Hz)", abs(float(network["rates"].mean()) - wanted), 1.0),
        Check("network: spread (SD) of the neurons' rates (Hz)", float(network["rates"].std()), 1.0),
        Check("network: drift of the weights, as a share of their depression", abs(network["drift"]), 0.05),
        Check("network: what the mean CV of the intervals lacks of 1", 1 - float(network["cv"].mean()), 1 - LEAST_CV),
    )


def _dataset(values: Mapping[str, Any]) -> xarray.Dataset:
    import xarray

    network = values["network"]
    made = xarray.Dataset(
        {
            "tuning": ("channel", values["tuning"], {"units": "1", "long_name": "mean excitatory weight"}),
            "weights": (("time", "channel"), values["weights"], {"units": "1", "long_name": "mean inhibitory weight"}),
            "network_rates": ("neuron", network["rates"], {"units": "Hz", "long_name": "rates in the last quarter"}),
        },
        coords={"time": ("time", values["weight_times"], {"units": "s"})},
    )
    for which in ("before", "after"):
        for name in ("I_E", "I_I"):
            made[f"{name}_{which}"] = ("channel", values[which][name], {"units": "pA", "long_name": "mean current"})
    for name, (edges, rate) in (("rate", values["rate"]), ("network_rate", network["rate"])):
        made[name] = (f"{name}_bin", rate, {"units": "Hz"})
        made[f"{name}_from"] = (f"{name}_bin", edges[:-1], {"units": "s"})
    return made


@style.styled
def figure(result: Result) -> Figure:
    """Currents of the channels before and after learning, weights and rate meanwhile, and the rates of the network."""
    values = result.values
    settings, network = values["settings"], values["network"]
    made = style.figure("page", 4.0)
    panels = made.subplot_mosaic([["A", "B", "C"], ["D", "E", "F"]])
    a, b, c, d, e, f = (panels[name] for name in "ABCDEF")
    number = np.arange(1, CHANNELS + 1)
    for axes, which in ((a, "before"), (b, "after")):
        for name, colour, label in (("I_E", "vermilion", "excitatory"), ("I_I", "blue", "inhibitory")):
            axes.plot(number, values[which][name], "o-", color=style.COLOURS[colour], label=label)
        axes.set(xlabel="Channel", ylabel="Mean current (pA)", xticks=number, ylim=(0, 1.1 * values["before"]["I_E"].max()))
    a.legend(loc="upper left")
    c.plot(values["weight_times"], values["weights"], color=style.COLOURS["grey"], linewidth=0.7)
    c.plot(values["weight_times"], values["weights"][:, int(settings["preferred"])], color=style.COLOURS["blue"])
    c.set(xlabel="Time (s)", ylabel="Mean inhibitory weight", ylim=(0, None))
    for axes, (edges, rate), target in ((d, values["rate"], "rho_0"), (e, network["rate"], "network_rho_0")):
        axes.stairs(rate, edges, baseline=None, color=style.COLOURS["black"])
        axes.axhline(settings[target].to(Hz).magnitude, color=style.COLOURS["vermilion"], linewidth=0.8, linestyle=(0, (4, 3)))
        axes.set(xlabel="Time (s)", ylabel="Rate (Hz)", ylim=(0, 20))
    f.hist(network["rates"], bins=24, range=(0, 8), color=style.COLOURS["black"])
    f.axvline(settings["network_rho_0"].to(Hz).magnitude, color=style.COLOURS["vermilion"], linewidth=0.8, linestyle=(0, (4, 3)))
    f.set(xlabel="Rate (Hz)", ylabel="Neurons", xlim=(0, 8))
    titles = (
        "Before learning",
        "After learning",
        "Weights of 8 channels",
        "Rate of the neuron",
        "Rate of the network",
        "Its neurons",
    )
    for axes, name, title in zip((a, b, c, d, e, f), "ABCDEF", titles, strict=True):
        style.letter(axes, name, title)
    return made


EXPERIMENT = Experiment(
    name="inhibitory-balance",
    title="Inhibitory synapses learn to balance excitation",
    source="Vogels et al. (2011), doi:10.1126/science.1211095",
    settings=SETTINGS,
    simulation=lambda settings, seed: build(settings, seed).simulation,
    run_with=run,
    figure=figure,
    tags=("inhibitory STDP", "homeostasis", "network"),
)
