"""Short-term plasticity: a synapse that facilitates and one that depresses.

Source
------
The tutorial of Norse (``stp_example.md``: "Spike Time Dependent Plasticity", though it is about short-term plasticity),
after M. Tsodyks, K. Pawelzik & H. Markram, "Neural networks with dynamic synapses", Neural Computation 10 (1998).
A synapse receives nine spikes at 10 Hz.

Symbols
-------
``x`` the fraction of resources that are available, ``u`` the fraction of them that a spike uses, ``U`` its increment,
``I`` the synaptic current; τ_f of facilitation, τ_d of recovery, τ_s of the current.

What differs
------------
- Norse integrates by forward Euler and lets a spike see the ``u`` and ``x`` of one step before: ``NORSE``, compared with
  Norse's own numbers. Between spikes everything is linear, so that ``RELEASE``, the same synapse without a step in its
  equations, is integrated exactly: it is held to its closed form. The two differ by up to 0.005 with steps of 1 ms.
- Norse's documentation gives its time constants in ms; what it takes are rates in 1/s. Here they are times.
- Norse's default set is the depressing one: two of the three curves coincide.
- The sliders of the original are settings: ``U``, ``tau_f``, ``tau_d``, ``tau_s``, one value for each curve.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import bouton as bt
from bouton import plots
from bouton.experiments.base import Check, Experiment, Result, total_timings
from bouton.experiments.references import largest, load, unchanged
from bouton.plots import style
from bouton.plots.marks import spike_marks
from bouton.units import ms, second

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]

SETS = ("default", "facilitating", "depressing")

SETTINGS: Mapping[str, Any] = {
    "spikes": np.arange(100, 1000, 100) * ms,
    "duration": 1 * second,
    "dt": 1 * ms,
    "U": np.array([0.45, 0.15, 0.45]),
    "tau_f": np.array([50.0, 750.0, 50.0]) * ms,
    "tau_d": np.array([750.0, 50.0, 750.0]) * ms,
    "tau_s": np.array([20.0, 20.0, 20.0]) * ms,
}

SYNAPSE = """
    du/dt = -u / tau_f      : 1
    dx/dt = (1 - x) / tau_d : 1
    U     : 1  (constant)
    tau_f : ms (constant)
    tau_d : ms (constant)
"""
RELEASE = bt.SynapseModel(SYNAPSE, on_pre="u += U*(1 - u); r = u*x; x -= r; target += r", name="release")
NORSE = bt.SynapseModel(
    SYNAPSE,
    on_pre="u += U*(1 - u(t-dt)); r = u*x(t-dt); x -= r; target += r",
    method="euler",
    name="norse",
)
CURRENT = """
    dI/dt = -I / tau_s : 1
    tau_s : ms (constant)
"""


class Built(NamedTuple):
    """A simulation, with its two projections and the currents that they drive: by Euler's scheme, and exact."""

    simulation: bt.Simulation
    synapses: tuple[bt.Projection, bt.Projection]
    currents: tuple[bt.Population, bt.Population]


def build(settings: Mapping[str, Any], seed: int = 0, backend: str = "cpu") -> Built:
    """One input, and from it one synapse of each parameter set, twice: as Norse integrates it, and exactly."""
    network = bt.Network()
    source = network.add(bt.SpikeTimes(1, settings["spikes"]), name="source")
    synapses, currents = [], []
    for rule, method in ((NORSE, "euler"), (RELEASE, None)):
        model = bt.NeuronModel(CURRENT, method=method, name=f"current_{rule.name}")
        cells = network.add(bt.Population(len(SETS), model, tau_s=settings["tau_s"]))
        values = {name: settings[name] for name in ("U", "tau_f", "tau_d")}
        synapses.append(network.connect(source, cells, rule, target="I", name=rule.name, x=1.0, **values))
        currents.append(cells)
    simulation = bt.Simulation(network, dt=settings["dt"], seed=seed, backend=backend)
    return Built(simulation, (synapses[0], synapses[1]), (currents[0], currents[1]))


def run(settings: Mapping[str, Any], seed: int = 0, backend: str = "cpu") -> Result:
    """Run all parameter sets, in both schemes, at once."""
    built = build(settings, seed, backend)
    recordings: dict[str, Any] = {}
    for scheme, synapses, cells in zip(("euler", "exact"), built.synapses, built.currents, strict=True):
        recordings |= {f"{scheme}_{name}": built.simulation.record(synapses, name) for name in ("x", "u")}
        recordings[f"{scheme}_current"] = built.simulation.record(cells, "I")
    built.simulation.run(settings["duration"])
    values: dict[str, Any] = {name: recording.values.magnitude for name, recording in recordings.items()}
    closed = closed_form(settings, recordings["exact_x"].steps - 1)  # the sample of the end of step k follows its spike
    checks = [Check(f"{n}, exact, against its closed form", largest(values[f"exact_{n}"], c), 1e-12) for n, c in closed.items()]
    if unchanged(settings, SETTINGS):
        checks = _against_norse(values) + checks
    values["times_ms"] = recordings["exact_x"].times.magnitude
    values["spikes_ms"] = settings["spikes"].to(ms).magnitude
    return Result(values, tuple(checks), total_timings(built.simulation), lambda: bt.to_dataset(recordings))


def _against_norse(values: Mapping[str, Any]) -> list[Check]:
    """Each array of each parameter set against Norse's, in double precision."""
    norse, arrays = load("norse_stp"), {"x": "xs", "u": "us", "current": "current"}
    return [
        Check(f"{name}, {set_}, against Norse", largest(values[f"euler_{name}"][:, i], norse[f"{set_}_{array}_f64"]), 1e-12)
        for i, set_ in enumerate(SETS)
        for name, array in arrays.items()
    ]


def closed_form(settings: Mapping[str, Any], steps: NDArray[np.int64]) -> dict[str, Floats]:
    """``x``, ``u`` and ``current`` [step, set] just after the spikes of each step, from one spike to the next."""
    given = (settings["U"], *(settings[name].to(ms).magnitude for name in ("tau_f", "tau_d", "tau_s")))
    U, tau_f, tau_d, tau_s = np.array([np.broadcast_to(value, len(SETS)) for value in given])
    spikes = settings["spikes"].to(ms).magnitude
    times = steps * float(settings["dt"].to(ms).magnitude)

    def decayed(u: Floats, x: Floats, gap: Any) -> tuple[Floats, Floats]:
        return u * np.exp(-gap / tau_f), 1 - (1 - x) * np.exp(-gap / tau_d)

    def spike(state: Floats, gap: Any) -> Floats:
        u, x = decayed(state[0], state[1], gap)
        u = u + U * (1 - u)
        return np.array([u, x - u * x, u * x])

    rested: Floats = np.array([np.zeros(len(SETS)), np.ones(len(SETS)), np.zeros(len(SETS))])
    states: Iterator[Floats] = accumulate(np.diff(spikes, prepend=0.0), spike, initial=rested)
    u, x, released = np.stack(list(states), axis=1)
    latest = np.searchsorted(spikes, times, side="right")
    since = times - np.concatenate([[0.0], spikes])[latest]
    u, x = decayed(u[latest], x[latest], since[:, None])
    ages = times[:, None] - spikes
    kernel = np.where(ages >= 0, 1.0, 0.0)[..., None] * np.exp(-np.maximum(ages, 0)[..., None] / tau_s)
    return {"x": x, "u": u, "current": np.einsum("tns,ns->ts", kernel, released[1:])}


@style.styled
def figure(result: Result) -> Figure:
    """The original's curves for both kinds of synapse, and below them how far Euler's scheme is from the exact one."""
    values, times = result.values, result.values["times_ms"] * ms
    made = style.figure("page", 4.0)
    axes = made.subplots(4, 2, sharex=True, sharey="row", height_ratios=(0.16, 1, 1, 0.6))
    for column, (title, i) in enumerate({"Facilitating": 1, "Depressing (Norse's default)": 2}.items()):
        spikes, variables, current, error = axes[:, column]
        style.letter(spike_marks(spikes, values["spikes_ms"]), "ab"[column], title)
        both = np.stack([values["euler_x"][:, i], values["euler_u"][:, i]], axis=1)
        names = ("resources $x$", "utilisation $u$") if column else ()
        plots.traces((times, both), labels=names, axes=variables).set_ylabel("Fraction")
        plots.traces((times, values["euler_current"][:, i]), colours=("black",), axes=current).set_ylabel("Current $I$")
        apart = [values[f"euler_{name}"][:, i] - values[f"exact_{name}"][:, i] for name in ("x", "u", "current")]
        plots.traces((times, 1000 * np.stack(apart, axis=1)), labels=(), colours=("blue", "vermilion", "black"), axes=error)
        error.set(xlim=(0, values["times_ms"][-1]), ylabel="Euler − exact\n($10^{-3}$)")
    for each in axes.flat:
        each.label_outer()
    axes[0, 0].set_yticks([0], ["Input"])
    axes[1, 0].set(ylim=(0, 1.03))
    axes[2, 0].set(ylim=(0, None))
    axes[1, 1].legend(loc="upper right")
    made.align_ylabels(list(axes[1:, 0]))
    return made


EXPERIMENT = Experiment(
    name="short-term-plasticity",
    title="Short-term plasticity: facilitating and depressing synapses",
    source="Norse, tutorial on Tsodyks–Markram short-term plasticity",
    settings=SETTINGS,
    simulation=lambda settings, seed: build(settings, seed).simulation,
    run_with=run,
    figure=figure,
    tags=("tour", "short-term plasticity", "Norse"),
)
