"""A recurrent network that learns to generate a pattern by eligibility propagation.

100 neurons with recurrent connections receive the same noise from 100 inputs in each trial of 1 s. A readout sums up their
spikes, and is to follow a sum of four sines. Its error reaches the neurons through random weights, where it meets what each
synapse has had to do with the spikes, and all weights change at the end of a trial.

Source
------
NEST's example ``eprop_supervised_regression_sine-waves_bsshslm_2020``, after G. Bellec et al., "A solution to the learning
dilemma for recurrent networks of spiking neurons", Nat. Commun. 11:3625 (2020), and its authors' ``tutorial_pattern_generation``.

Symbols
-------
``v`` membrane potential, ``v_th`` threshold, ``psi`` pseudo-derivative, of height ``gamma``/v_th; ``y`` readout, ``goal`` the
target a step late, ``L`` error of a readout and learning signal of a neuron; the synapses are those of ``bt.rules.EProp``.

What differs
------------
- Nothing in the model: time has steps of 1 ms, and initial weights, inputs and target are those of a run of NEST.
- The example learns at a rate of 1e-4, here and in the run of NEST it is 5e-4, to see as much in fewer trials.
- In the example inputs may fire in the second step of a trial, and meet there a weight that is not yet updated. Here, and in
  the run of NEST, none does.
- A spike acts on the step after it, so that inputs are a step earlier here; where NEST resets neurons, so does a regular block.
- The loss agrees to rounding in each trial, as long as no spike is lost or gained by it: a network that learns is chaotic.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import bouton as bt
from bouton import plots
from bouton.experiments.base import Check, Experiment, Result, total_timings
from bouton.experiments.references import load, unchanged
from bouton.plots import style
from bouton.units import Hz, ms

if TYPE_CHECKING:
    import xarray
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]

SETTINGS: Mapping[str, Any] = {
    "trials": 100,
    "eta": 5e-4,
    "c_reg": 300 * ms**2,
    "f_target": 10 * Hz,
    "tau_m": 30 * ms,
    "tau_out": 30 * ms,
    "v_th": 0.03,
    "gamma": 0.3,
}
DT, STEPS = 1 * ms, 1000  # of a trial
TRIAL = STEPS * DT

NEURON = bt.NeuronModel(
    """
    dv/dt = (I - z*v_th/(1 - exp(-dt/tau_m)) - v)/tau_m : 1
    I : 1
    z : 1
    L : 1
    psi = gamma/v_th*maximum(0, 1 - abs(v - v_th)/v_th) : 1
    """,
    every={"begin": (TRIAL, "v = 0"), "taken": (bt.dt, "I = 0; z = 0")},
    threshold="v > v_th",
    reset="z = 1",
    parameters={name: SETTINGS[name] for name in ("tau_m", "v_th", "gamma")},
    name="lif",
)
READOUT = bt.NeuronModel(
    """
    ds/dt = -s/tau_out : 1
    y = (1 - exp(-dt/tau_out))*s : 1
    L = (1 - exp(-dt/tau_out))*s(t-dt) - goal : 1
    """,
    every=(TRIAL, "s = 0"),
    parameters={"tau_out": SETTINGS["tau_out"], "goal": 0.0},
    name="readout",
)
FEEDBACK = bt.SynapseModel("B : 1\nL_post = B*L_pre : 1 (summed)", name="feedback")

LEAST_FALL = 4  # of the loss, from the first trial to the last ten


class Built(NamedTuple):
    """A simulation, the neurons and the readout."""

    simulation: bt.Simulation
    neurons: bt.Population
    readout: bt.Population


def build(settings: Mapping[str, Any], seed: int = 0, backend: str = "cpu") -> Built:
    """The network with NEST's inputs and initial weights; nothing is random."""
    data, trials = load("nest_eprop_pattern"), np.arange(settings["trials"] + 1)[:, np.newaxis]
    network, size = bt.Network(), len(data["w_out"])
    times = data["input_step"] + trials * STEPS
    inputs = network.add(bt.SpikeTimes(size, times.ravel() * DT, np.broadcast_to(data["input_source"], times.shape).ravel()))
    of_neuron = {name: settings[name] for name in NEURON.parameters}
    neurons = network.add(bt.Population(size, NEURON, **of_neuron), name="neurons")
    goal = bt.TimedArray(np.concatenate([[0.0], np.tile(data["target"], settings["trials"])]), dt=DT)
    readout = network.add(bt.Population(1, READOUT, tau_out=settings["tau_out"], goal=goal), name="readout")
    common = {"filter": "mean", "eta": settings["eta"], "tau_out": settings["tau_out"]}
    regularised = {"regularisation": "rate", **{name: settings[name] for name in ("tau_m", "c_reg", "f_target")}}
    recurrent, of_readout = bt.rules.EProp(**common, **regularised), bt.rules.EProp(neuron="readout", **common)
    others, all_others = ~np.eye(size, dtype=bool), bt.AllToAll(self_connections=False)
    network.connect(inputs, neurons, recurrent, target="I", w=data["w_in"].ravel())
    network.connect(neurons, neurons, recurrent, target="I", pattern=all_others, w=data["w_rec"][others])
    network.connect(neurons, readout, of_readout, target="s", w=data["w_out"])
    network.connect(readout, neurons, FEEDBACK, B=data["feedback"])
    return Built(bt.Simulation(network, DT, seed, backend=backend), neurons, readout)


def run(settings: Mapping[str, Any], seed: int = 0, backend: str = "cpu") -> Result:
    """All trials, one after another."""
    one = build(settings, seed, backend)
    recorded: Any = one.simulation.record(one.readout, "y")
    spikes = one.simulation.record_spikes(one.neurons)
    one.simulation.run(settings["trials"] * TRIAL)

    y, target = recorded.of(0).magnitude.reshape(settings["trials"], STEPS), load("nest_eprop_pattern")["target"]
    last = spikes.steps >= (settings["trials"] - 1) * STEPS
    values = {
        "y": y,
        "target": target,
        "loss": ((y - target) ** 2).sum(axis=1) / 2,
        "last_spikes": (spikes.steps[last] % STEPS, spikes.indices[last]),
    }
    checks = compare(values["loss"]) if unchanged({**settings, "trials": SETTINGS["trials"]}, SETTINGS) else []
    return Result(values, tuple(checks), total_timings(one.simulation), lambda: _dataset(values))


def compare(loss: Floats) -> list[Check]:
    """The loss of each trial against NEST's; with all trials, that it falls."""
    expected = load("nest_eprop_pattern")["loss"][: len(loss)]
    checks = [Check("loss of a trial against NEST, relative", float(np.abs(loss / expected - 1).max()), 1e-6)]
    if len(loss) == SETTINGS["trials"]:
        checks.append(Check("final loss, in units of the first", float(loss[-10:].mean() / loss[0]), 1 / LEAST_FALL))
    return checks


def _dataset(values: Mapping[str, Any]) -> xarray.Dataset:
    """The readout, what it was to follow, and the loss of each trial."""
    import xarray

    made = xarray.Dataset({name: (of, values[name], {"units": "1"}) for name, of in (("target", "time"), ("loss", "trial"))})
    made["readout"] = (("trial", "time"), values["y"], {"units": "1"})
    return made.assign_coords(time=("time", np.arange(STEPS), {"units": "ms"}))


@style.styled
def figure(result: Result) -> Figure:
    """The loss beside NEST's, the readout in the first and last trial, and the spikes of the last."""
    values, nest = result.values, load("nest_eprop_pattern")["loss"]
    made = style.figure("page", 3.4)
    panels = made.subplot_mosaic([["A", "B"], ["A", "C"]], width_ratios=[1, 1.6])
    a, b, c = (style.letter(panels[name], name) for name in "ABC")
    number = np.arange(1, len(values["loss"]) + 1)
    a.semilogy(number, nest[: len(number)], color=style.COLOURS["vermilion"], linewidth=2.4, alpha=0.5, label="NEST")
    a.semilogy(number, values["loss"], color=style.COLOURS["blue"], label="bouton")
    a.set(xlabel="Trial", ylabel=r"Loss $\frac{1}{2}\,\sum_t (y - y^*)^2$")
    a.legend()
    b.plot(values["target"], "--", color=style.COLOURS["black"], label="$y^*$ target")
    for trial, colour, text in ((0, "sky", "first"), (-1, "blue", "last")):
        b.plot(values["y"][trial], color=style.COLOURS[colour], label=f"$y$ {text} trial")
    b.set(ylabel="Readout", xlim=(0, STEPS), xticklabels=[])
    b.legend(loc="lower right", bbox_to_anchor=(1, 0.98), ncols=3, borderaxespad=0)
    steps, indices = values["last_spikes"]
    plots.raster((steps * DT, indices), axes=c)
    c.set(xlim=(0, STEPS), ylabel="Neuron, last trial")
    return made


EXPERIMENT = Experiment(
    name="eprop-pattern",
    title="Generation of a pattern by eligibility propagation",
    source="NEST, example 'eprop_supervised_regression_sine-waves_bsshslm_2020'",
    settings=SETTINGS,
    simulation=lambda settings, seed: build(settings, seed).simulation,
    run_with=run,
    figure=figure,
    tags=("supervised learning", "recurrent network", "NEST"),
)
