"""What a dynamic synapse lets through: a depressing one has a limiting frequency, a facilitating one a peak frequency.

Source
------
M. Tsodyks, K. Pawelzik & H. Markram, "Neural networks with dynamic synapses", Neural Computation 10:821 (1998),
doi:10.1162/089976698300017502: the two synapses of its figure 1, and the mean field of their release.

Symbols
-------
``u`` the share of the ready resources ``x`` that a spike releases, U at rest; τ_rec of recovery, τ_fac of facilitation; r a rate.

What is shown
-------------
The stationary release u·x by a spike, for regular and for Poisson trains. Depressing: U at low rates, half of it at the limiting
frequency λ = 1/(U τ_rec) = 2.5 Hz of Poisson trains; at high rates the release of all spikes is 1/τ_rec in a second, whatever the
rate. Facilitating: a peak, at 20.8 Hz with regular trains, at 20.1 Hz with Poisson trains.

What differs
------------
- Resources have two states here; the paper's third (active for some milliseconds) moves the peak by 0.1 Hz.
- The paper's mean field takes u and x for independent: u·x = u/(1 + u τ_rec r) with u = U (1 + τ_fac r)/(1 + U τ_fac r). Its
  peak is at (√((1 − U) τ_fac/(U τ_rec)) − 1)/τ_fac = 19.8 Hz, and 2 % higher. With u as it is before a spike raises it, the
  peak would be at 1/√(U τ_rec τ_fac) = 22.0 Hz. `poisson` is exact: it knows the moments of u with x.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import bouton as bt
from bouton.experiments.base import Check, Experiment, Result, total_timings
from bouton.experiments.references import largest, unchanged
from bouton.plots import style
from bouton.units import Hz, ms, second

if TYPE_CHECKING:
    import xarray
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]

KINDS = ("depressing", "facilitating")
SETTINGS: Mapping[str, Any] = {
    "rates": np.array([0.5, 1.0, 2.5, 5.0, 10.0, 15.0, 20.0, 25.0, 40.0, 60.0]) * Hz,  # of Poisson trains
    "periods": np.concatenate([np.arange(16, 80, 2), [100, 200, 400, 1000, 2000]]) * ms,  # of regular trains
    "copies": 400,
    "settle": 10 * second,
    "duration": 20 * second,
    "dt": 0.5 * ms,
    "U": np.array([0.5, 0.03]),
    "tau_rec": np.array([800.0, 130.0]) * ms,
    "tau_fac": np.array([0.0, 530.0]) * ms,  # 0: no facilitation
}
CELL = bt.NeuronModel("received : 1\nspikes : 1", name="cell")
COUNT = bt.SynapseModel("", on_pre="spikes_post += 1", name="count")


class Synapse(NamedTuple):
    """U, and the two time constants in seconds."""

    U: float
    rec: float
    fac: float


def synapse(settings: Mapping[str, Any], kind: str) -> Synapse:
    """The parameters of a kind."""
    which = KINDS.index(kind)
    rec, fac = (float(settings[name].to(second).magnitude[which]) for name in ("tau_rec", "tau_fac"))
    return Synapse(float(settings["U"][which]), rec, fac)


def rule(settings: Mapping[str, Any], kind: str) -> bt.SynapseModel:
    """The library's rule for a kind."""
    U, rec, fac = synapse(settings, kind)
    more: dict[str, Any] = {"tau_fac": fac * second} if fac else {"facilitation": "none"}
    return bt.rules.TsodyksMarkram(U=U, tau_rec=rec * second, **more)


class Built(NamedTuple):
    """A simulation, and the cells by kind and train."""

    simulation: bt.Simulation
    cells: Mapping[tuple[str, str], bt.Population]


def build(settings: Mapping[str, Any], seed: int = 0, backend: str = "cpu") -> Built:
    """For each kind a synapse with a regular train of each period, and ``copies`` with a Poisson train of each rate."""
    network, cells = bt.Network(), dict[tuple[str, str], bt.Population]()
    rates = np.repeat(settings["rates"].to(Hz).magnitude, settings["copies"]) * Hz
    for kind in KINDS:
        sources = {
            "regular": bt.Regular(len(settings["periods"]), settings["periods"], start=1 * ms),
            "poisson": bt.Poisson(len(rates), rates),
        }
        for train, source in sources.items():
            network.add(source, name=f"{kind}_{train}")
            to = network.add(bt.Population(len(source), CELL), name=f"{kind}_{train}_cells")
            model = rule(settings, kind) & COUNT
            network.connect(source, to, model, target="received", pattern=bt.OneToOne(), name=f"{kind}_{train}_synapses")
            cells |= {(kind, train): to}
    return Built(bt.Simulation(network, settings["dt"], seed, backend=backend), cells)


def regular(of: Synapse, rates: Floats) -> Floats:
    """The release by a spike of a long regular train: the fixed point of the map from spike to spike."""
    recovery, facilitation = np.exp(-1 / (rates * of.rec)), np.exp(-1 / (rates * of.fac)) if of.fac else np.zeros(len(rates))
    u = of.U / (1 - (1 - of.U) * facilitation)
    release: Floats = u * (1 - recovery) / (1 - (1 - u) * recovery)
    return release


def mean_field(of: Synapse, rates: Floats) -> Floats:
    """The paper's release by a spike of a Poisson train."""
    u = of.U * (1 + of.fac * rates) / (1 + of.U * of.fac * rates)
    release: Floats = u / (1 + u * of.rec * rates)
    return release


def poisson(of: Synapse, rates: Floats, dt: float = 0.0, order: int = 30) -> Floats:
    """The release by a spike of a Poisson train, exactly; with ``dt`` (s) of one with a spike in each step by chance.

    At a spike u' = U + (1 - U) e u and x' = 1 - (1 - x + x u) d, with the decays e and d of the interval before it. The mean of
    u'ᵏ x' hence follows from those of uʲ and uʲ x with j ≤ k + 1: linear equations, cut off where uᵏ is nothing.
    """
    return np.array([_moments(of, float(rate), dt, order) for rate in rates])


def _moments(of: Synapse, rate: float, dt: float, order: int) -> float:
    powers = np.arange(order + 1)
    decay = powers / of.fac if of.fac else np.where(powers > 0, np.inf, 0.0)

    def mean_decay(per_second: Floats) -> Floats:
        """The mean of exp(-interval·per_second)."""
        if not dt:
            return rate / (rate + per_second)
        step = np.exp(-dt * per_second)
        return rate * dt * step / (1 - (1 - rate * dt) * step)

    kept, both = mean_decay(decay), mean_decay(decay + 1 / of.rec)
    k, j = np.indices((order + 1, order + 1))
    factorial = np.concatenate([[1.0], np.cumprod(powers[1:].astype(float))])
    chosen = np.where(j <= k, factorial[k] / (factorial[j] * factorial[np.maximum(k - j, 0)]), 0.0)
    ways = chosen * of.U ** np.maximum(k - j, 0) * (1 - of.U) ** j
    u = np.linalg.solve(np.eye(order) - (ways * kept)[1:, 1:], (ways * kept)[1:, 0])  # the mean of uᵏ, k from 1
    u = np.concatenate([[1.0], u])
    lost = ways * both
    equations = np.eye(order + 1) - lost
    equations[:, 1:] += lost[:, :-1]
    moments = np.linalg.solve(equations, u - lost @ u)
    return float(moments[1])


def run(settings: Mapping[str, Any], seed: int = 0, backend: str = "cpu") -> Result:
    """All trains at once; releases by a spike after they have settled."""
    built = build(settings, seed, backend)
    simulation, dt = built.simulation, float(settings["dt"].to(second).magnitude)
    simulation.run(10 * ms)  # the first spike of each regular train
    first = {kind: simulation[built.cells[kind, "regular"]].received.magnitude for kind in KINDS}
    simulation.run(settings["settle"])
    before = {
        key: (simulation[cells].received.magnitude, simulation[cells].spikes.magnitude) for key, cells in built.cells.items()
    }
    simulation.run(settings["duration"])
    after = {
        key: (simulation[cells].received.magnitude, simulation[cells].spikes.magnitude) for key, cells in built.cells.items()
    }
    grown = {key: [now - then for now, then in zip(after[key], before[key], strict=True)] for key in built.cells}
    rates, periods = settings["rates"].to(Hz).magnitude, settings["periods"].to(second).magnitude
    values: dict[str, Any] = {"settings": settings, "rates": rates, "regular_rates": 1 / periods}
    checks: list[Check] = []
    for kind in KINDS:
        of = synapse(settings, kind)
        each, (received, spikes) = np.divide(*grown[kind, "regular"]), (x.reshape(len(rates), -1) for x in grown[kind, "poisson"])
        release = received.sum(1) / spikes.sum(1)
        error = (received - release[:, None] * spikes).std(1, ddof=1) / (spikes.mean(1) * np.sqrt(settings["copies"]))
        values |= {f"{kind}_regular": each, f"{kind}_poisson": release, f"{kind}_error": error}
        exact = poisson(of, rates, dt)
        squares = float((((release - exact) / error) ** 2).mean())
        checks += [
            Check(f"{kind}, the first spike releases U", largest(first[kind], np.full(len(periods), of.U)), 1e-15),
            Check(
                f"{kind}, regular trains, against the fixed point",
                largest(each, regular(of, 1 / periods)),
                1e-5,
            ),
            Check(f"{kind}, Poisson trains, in squared standard errors", squares, 1 + 4 * float(np.sqrt(2 / len(rates)))),
            Check(f"{kind}, Poisson trains, largest relative difference", float(np.abs(release / exact - 1).max()), 0.02),
        ]
    if unchanged(settings, {**SETTINGS, "copies": settings["copies"]}):
        checks += peaks(settings, values)
    return Result(values, tuple(checks), total_timings(simulation), lambda: _dataset(values))


def peaks(settings: Mapping[str, Any], values: Mapping[str, Any]) -> list[Check]:
    """The frequencies that the paper names."""
    depressing, facilitating = (synapse(settings, kind) for kind in KINDS)
    limit = 1 / (depressing.U * depressing.rec)
    which = int(np.flatnonzero(np.isclose(values["rates"], limit))[0])
    half, error = (float(values[f"depressing_{name}"][which] / depressing.U) for name in ("poisson", "error"))
    fast = float(values["regular_rates"].max())
    together = float(values["depressing_regular"][values["regular_rates"].argmax()]) * fast * depressing.rec
    rates, peak = np.arange(5.0, 60.0, 0.01), float(values["regular_rates"][values["facilitating_regular"].argmax()])
    U, rec, fac = facilitating
    formula = float(np.sqrt((1 - U) * fac / (U * rec)) - 1) / fac
    exact, field = (float(rates[curve(facilitating, rates).argmax()]) for curve in (regular, mean_field))
    of_poisson = float(rates[::10][poisson(facilitating, rates[::10]).argmax()])
    return [
        Check("depressing, release at 1/(U τ_rec) over that at rest, from 1/2", abs(half - 0.5), 4 * error),
        Check("depressing, release per second times τ_rec at the highest rate, from 1", abs(together - 1), 0.05),
        Check("facilitating, peak in Hz, regular trains, from 20.82", abs(peak - 20.82), 0.5),  # half of the distance of rates
        Check("facilitating, peak in Hz, fixed point, from 20.82", abs(exact - 20.82), 0.01),
        Check("facilitating, peak in Hz, mean field, from its formula", abs(field - formula), 0.01),
        Check(
            "facilitating, relative difference of the peaks of Poisson trains and mean field", abs(of_poisson / formula - 1), 0.02
        ),
    ]


def _dataset(values: Mapping[str, Any]) -> xarray.Dataset:
    import xarray

    found = {f"{kind}_{name}": ("rate", values[f"{kind}_{name}"]) for kind in KINDS for name in ("poisson", "error")}
    found |= {f"{kind}_regular": ("regular_rate", values[f"{kind}_regular"]) for kind in KINDS}
    coords = {name: (name, values[key], {"units": "Hz"}) for name, key in (("rate", "rates"), ("regular_rate", "regular_rates"))}
    return xarray.Dataset(found, coords=coords)


@style.styled
def figure(result: Result) -> Figure:
    """The release by a spike over the rate, for both kinds of synapse and of trains."""
    values, settings = result.values, result.values["settings"]
    made = style.figure("page", 2.6)
    fine = np.geomspace(0.5, 65, 200)
    for text, kind, axes in zip("ab", KINDS, made.subplots(1, 2), strict=True):
        of = synapse(settings, kind)
        curves: dict[str, tuple[Floats, str, Any]] = {
            "regular": (regular(of, fine), "blue", "-"),
            "Poisson": (poisson(of, fine), "vermilion", "-"),
        }
        curves |= {"Poisson, mean field": (mean_field(of, fine), "vermilion", (0, (2, 2)))} if of.fac else {}
        for label, (curve, colour, dashes) in curves.items():
            axes.plot(fine, curve, color=style.COLOURS[colour], linestyle=dashes, label=label)
        axes.plot(values["regular_rates"], values[f"{kind}_regular"], "o", color=style.COLOURS["blue"], markersize=2)
        release = (values["rates"], values[f"{kind}_poisson"], values[f"{kind}_error"])
        axes.errorbar(*release, fmt="o", color=style.COLOURS["vermilion"], elinewidth=0.8)
        style.letter(axes, text, kind.capitalize())
        axes.set(xlabel="Rate (Hz)", ylabel="Release by a spike $u x$", ylim=(0, None))
        axes.legend(loc="lower right" if of.fac else "upper right")
        if not of.fac:
            axes.axvline(1 / (of.U * of.rec), color=style.COLOURS["grey"], linewidth=0.6)
            axes.set_xscale("log")
    return made


EXPERIMENT = Experiment(
    name="synaptic-limiting-frequency",
    title="Dynamic synapses: limiting frequency and peak frequency",
    source="Tsodyks, Pawelzik & Markram (1998)",
    settings=SETTINGS,
    simulation=lambda settings, seed: build(settings, seed).simulation,
    run_with=run,
    figure=figure,
    tags=("short-term plasticity",),
)
