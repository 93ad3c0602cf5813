"""Working memory in synapses: a population that was active is told from others by its facilitated synapses, while it is silent.

Source
------
G. Mongillo, O. Barak & M. Tsodyks, "Synaptic theory of working memory", Science 319:1543 (2008), doi:10.1126/science.1150769,
figure 2, the regime with a single state of activity. Parameters as two open programs have them: G. Tiddia, B. Golosio, V. Fanti &
P. S. Paolucci, Front. Integr. Neurosci. 16:972055 (2022), doi:10.3389/fnint.2022.972055 (their code: gmtiddia/
working_memory_spiking_network), and a student's in MATLAB; both agree on all but the mean external currents.

Symbols
-------
8000 excitatory neurons, 2000 inhibitory ones, ``v`` their voltage over rest; five populations of 800 excitatory neurons are
selective. ``u`` = U + ``g`` the share of the resources that a spike releases, ``x`` = 1 − ``d`` the resources; J_b and J_p the
baseline and the potentiated efficacy. The cue raises the external current of one population, the readout that of all excitatory
neurons.

What is shown
-------------
After the cue all excitatory neurons fire at less than 1 Hz, the loaded population as the others. Its u is raised for a second and
more, as τ_fac = 1.5 s; a weak readout signal to all neurons makes it answer with a population spike, and the other populations
not. This raises u again.

What differs
------------
- Resources are those of the presynaptic neuron, as all its excitatory synapses share them: synapses need not be stored then, and
  20 million of them take no memory. One delay of 0.5 ms stands for delays from 0.1 to 1 ms.
- The means of the external currents are a choice of this library (23.5 mV) and that of Tiddia et al. (20.5 mV), who give 22.7 mV
  for a single state of activity and 23.7 mV for two; their synapses are jumps of the current, here they are jumps of the
  voltage, as in the paper. The standard deviation is that of the voltage which the noise causes, as theirs.
- A second readout within a second finds less: at these currents resources have not recovered enough for another population
  spike in each network.
- A spike raises u before it releases, as in the program of Tiddia et al.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import bouton as bt
from bouton import plots
from bouton.experiments.base import Check, Experiment, Result, total_timings
from bouton.experiments.references import unchanged
from bouton.plots import style
from bouton.units import ms, mV, second

if TYPE_CHECKING:
    import xarray
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]

NUMBERS = (0, 1, 2, 3, 4)  # of the selective populations
POPULATIONS = len(NUMBERS)
SETTINGS: Mapping[str, Any] = {
    "excitatory": 8000,
    "inhibitory": 2000,
    "coding": 0.1,  # share of excitatory neurons in a selective population
    "connected": 0.2,
    "potentiated": 0.1,  # share of potentiated synapses from neurons that are not selective
    "J_b": 0.10 * mV,
    "J_p": 0.45 * mV,
    "J_IE": 0.135 * mV,  # onto inhibitory neurons from excitatory ones
    "J_EI": 0.25 * mV,
    "J_II": 0.20 * mV,
    "U": 0.2,
    "tau_fac": 1500 * ms,
    "tau_rec": 200 * ms,
    "mu_E": 23.5 * mV,
    "mu_I": 20.5 * mV,
    "sigma": 1.0 * mV,
    "cue": (0.5, 0.85),  # s
    "cue_contrast": 1.15,
    "readouts": ((1.7, 1.95),),  # s
    "readout_contrast": 1.05,
    "delay": 0.5 * ms,
    "duration": 2.2 * second,
    "dt": 0.1 * ms,
}

NEURON = """
    dv/dt = (mu*(1 + cued*cue(t) + readout(t)) - v)/tau + sigma*sqrt(2/tau)*xi : mV (unless refractory)
    cued : 1 (constant)
"""
RESOURCES = """
    dg/dt = -g/tau_fac : 1
    dd/dt = -d/tau_rec : 1
    r : 1
"""
RELEASE = "g += U*(1 - U - g); r = (U + g)*(1 - d); d += r"
DYNAMIC = bt.SynapseModel("", on_pre="target += J*r_pre", parameters={"J": 0 * mV}, name="dynamic")
STATIC = bt.SynapseModel("", on_pre="target += J", parameters={"J": 0 * mV}, name="static")


class Built(NamedTuple):
    """A simulation, its excitatory and inhibitory neurons, and the size of a selective population."""

    simulation: bt.Simulation
    excitatory: bt.Population
    inhibitory: bt.Population
    size: int


def signal(settings: Mapping[str, Any], intervals: Sequence[tuple[float, float]], height: float) -> bt.TimedArray:
    """A value that is ``height`` in intervals of seconds, and 0 else, in bins of 10 ms."""
    times = 0.01 * (np.arange(round(100 * float(settings["duration"].to(second).magnitude)) + 1) + 0.5)
    inside = [(times > start) & (times < stop) for start, stop in intervals]
    return bt.TimedArray(height * np.any(inside, axis=0), dt=10 * ms)


def neuron(settings: Mapping[str, Any], name: str, tau: float, reset: float) -> bt.NeuronModel:
    """An integrate-and-fire neuron; excitatory ones have the resources of their synapses."""
    excitatory = name == "excitatory"
    given = {"tau": tau * ms, "mu": settings["mu_E" if excitatory else "mu_I"], "sigma": settings["sigma"]}
    given["cue"] = signal(settings, [settings["cue"]], settings["cue_contrast"] - 1)
    given["readout"] = signal(settings, settings["readouts"], settings["readout_contrast"] - 1 if excitatory else 0.0)
    given |= {each: settings[each] for each in ("U", "tau_fac", "tau_rec")} if excitatory else {}
    return bt.NeuronModel(
        NEURON + (RESOURCES if excitatory else ""),
        threshold="v > 20*mV",
        reset=f"v = {reset}*mV" + (f"; {RELEASE}" if excitatory else ""),
        refractory=2 * ms,
        parameters=given,
        name=name,
    )


def build(settings: Mapping[str, Any], seed: int = 0, backend: str = "cpu") -> Built:
    """The network; the first selective population is the one that is cued."""
    network, rng = bt.Network(), np.random.default_rng(seed)
    count, others = settings["excitatory"], settings["inhibitory"]
    size, chance = round(settings["coding"] * count), settings["connected"]
    starts = rng.uniform(16, 20, count) * mV, rng.uniform(13, 20, others) * mV
    cued = np.arange(count) < size
    models = neuron(settings, "excitatory", 15, 16), neuron(settings, "inhibitory", 10, 13)
    E = network.add(bt.Population(count, models[0], cued=cued.astype(float), v=starts[0]), name="E")
    I = network.add(bt.Population(others, models[1], v=starts[1]), name="I")  # noqa: E741  (the paper's name)

    def connect(pre: Any, post: Any, model: bt.SynapseModel, J: Any, probability: float) -> None:
        pattern = bt.Bernoulli(probability)
        network.connect(pre, post, model, target="v", pattern=pattern, stored=False, dendritic_delay=settings["delay"], J=J)

    selective = [slice(k * size, (k + 1) * size) for k in NUMBERS]
    for each in selective:
        connect(E[each], E[each], DYNAMIC, settings["J_p"], chance)
        before, after = slice(0, each.start), slice(each.stop, count)
        for rest in (before, after)[0 if each.start else 1 :]:
            connect(E[each], E[rest], DYNAMIC, settings["J_b"], chance)
    unselective = E[POPULATIONS * size :]
    for J, share in ((settings["J_p"], settings["potentiated"]), (settings["J_b"], 1 - settings["potentiated"])):
        connect(unselective, E, DYNAMIC, J, chance * share)
    connect(E, I, STATIC, settings["J_IE"], chance)
    connect(I, E, STATIC, -settings["J_EI"], chance)
    connect(I, I, STATIC, -settings["J_II"], chance)
    return Built(bt.Simulation(network, settings["dt"], seed, backend=backend), E, I, size)


def run(settings: Mapping[str, Any], seed: int = 0, backend: str = "cpu") -> Result:
    """The network with a cue to one population and readouts; rates by population, and what their synapses were like."""
    built = build(settings, seed, backend)
    simulation, size = built.simulation, built.size
    spikes = simulation.record_spikes(built.excitatory)
    resources = {name: simulation.record(built.excitatory[: 2 * size], name, every=10 * ms) for name in ("g", "d")}
    simulation.run(settings["duration"])
    times, neurons = spikes.times.to(second).magnitude, spikes.indices
    length = float(settings["duration"].to(second).magnitude)
    edges = np.arange(0, length + 0.005, 0.02)
    counts = np.histogram2d(neurons, times, bins=(size * np.arange(POPULATIONS + 1), edges))[0]
    rates = counts / (size * 0.02)  # [population, bin] in Hz
    u, x = (settings["U"] + resources["g"].values.magnitude), 1 - resources["d"].values.magnitude
    values: dict[str, Any] = {"settings": settings, "times": times, "neurons": neurons, "size": size, "rates": rates}
    values["bins"] = edges[:-1] + 0.01
    values["resource_times"] = resources["g"].times.to(second).magnitude
    values |= {name: np.stack([each[:, :size].mean(1), each[:, size:].mean(1)]) for name, each in (("u", u), ("x", x))}
    checks = compare(settings, values) if unchanged(settings, SETTINGS) else []
    return Result(values, tuple(checks), total_timings(simulation), lambda: _dataset(values))


def mean_rates(values: Mapping[str, Any], start: float, stop: float) -> Floats:
    """The rate of each selective population from one time to another, in Hz."""
    inside = (values["bins"] > start) & (values["bins"] < stop)
    mean: Floats = values["rates"][:, inside].mean(1)
    return mean


def compare(settings: Mapping[str, Any], values: Mapping[str, Any]) -> list[Check]:
    """The memory is silent, in the synapses, and read out from one population only."""
    first = settings["readouts"][0][0]
    delay = mean_rates(values, settings["cue"][1] + 0.05, first)
    at_readout = values["resource_times"].searchsorted(first)
    loaded, other = values["u"][:, at_readout]
    checks = [
        Check("rate of the loaded population in the delay, in Hz", float(delay[0]), 2.0),  # it fires as sparsely as the others
        Check("u of another population over that of the loaded one, before the readout", float(other / loaded), 0.65),
        Check("u of the loaded population before the readout over that after it", float(loaded / values["u"][0, -1]), 0.95),
    ]
    for number, (start, stop) in enumerate(settings["readouts"], start=1):
        answer = mean_rates(values, start, stop)
        checks += [
            Check(f"readout {number}, 10 Hz over the rate of the loaded population", float(10 / max(answer[0], 1e-9)), 1.0),
            Check(f"readout {number}, largest other rate over that of the loaded one", float(answer[1:].max() / answer[0]), 0.25),
        ]
    return checks


def _dataset(values: Mapping[str, Any]) -> xarray.Dataset:
    import xarray

    found = {name: (("pair", "time"), values[name]) for name in ("u", "x")}
    rates = {"rate": (("population", "bin"), values["rates"], {"units": "Hz"})}
    spikes = {"spike_time": ("spike", values["times"], {"units": "s"}), "spike_neuron": ("spike", values["neurons"])}
    coords = {"time": ("time", values["resource_times"], {"units": "s"}), "bin": ("bin", values["bins"], {"units": "s"})}
    return xarray.Dataset({**found, **rates, **spikes}, coords={**coords, "pair": ["loaded", "other"]})


@style.styled
def figure(result: Result) -> Figure:
    """Spikes of some neurons of the selective populations, rates, and the synapses of the loaded population and of another."""
    values, settings = result.values, result.values["settings"]
    made = style.figure("page", 4.2)
    spikes, rates, synapses = made.subplots(3, 1, sharex=True, height_ratios=(1.6, 1, 1))
    shown, size = 40, values["size"]
    inside = (values["neurons"] % size < shown) & (values["neurons"] < POPULATIONS * size)
    rows = values["neurons"][inside] // size * shown + values["neurons"][inside] % size
    plots.raster((values["times"][inside] * second, rows), rates=False, size=POPULATIONS * shown, axes=spikes)
    spikes.set(ylabel="Population")
    spikes.set_yticks(shown * (np.arange(POPULATIONS) + 0.5), [str(k + 1) for k in NUMBERS])
    labels, colours = ("loaded", "others"), ("vermilion", "blue")
    both = np.stack([values["rates"][0], values["rates"][1:].mean(0)], axis=1)
    plots.traces((values["bins"] * second, both), labels=labels, colours=colours, axes=rates)
    rates.set(ylabel="Rate (Hz)")
    rates.legend(loc="lower right", bbox_to_anchor=(1.0, 0.95), ncols=2)
    for row, colour in enumerate(colours):
        for name, dashes in (("u", "-"), ("x", (0, (1, 1)))):
            label = f"${name}$" if row == 0 else None
            line = style.COLOURS[colour]
            synapses.plot(values["resource_times"], values[name][row], color=line, linestyle=dashes, label=label)
    synapses.set(ylabel="Synapses", xlabel="Time (s)", ylim=(0, 1.05), xlim=(0, values["bins"][-1] + 0.01))
    synapses.legend(loc="lower right", bbox_to_anchor=(1.0, 0.95), ncols=2)
    for axes, text in ((spikes, "a"), (rates, "b"), (synapses, "c")):
        style.letter(axes, text)
        axes.axvspan(*settings["cue"], color=style.COLOURS["orange"], alpha=0.25, linewidth=0)
        for readout in settings["readouts"]:
            axes.axvspan(*readout, color=style.COLOURS["grey"], alpha=0.2, linewidth=0)
    return made


EXPERIMENT = Experiment(
    name="working-memory",
    title="Working memory held by facilitated synapses",
    source="Mongillo, Barak & Tsodyks (2008), figure 2",
    settings=SETTINGS,
    simulation=lambda settings, seed: build(settings, seed).simulation,
    run_with=run,
    figure=figure,
    tags=("short-term plasticity", "network"),
)
