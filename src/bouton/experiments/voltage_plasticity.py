"""Voltage-based plasticity explains how potentiation and depression depend on the frequency of pairings.

Source
------
C. Clopath, L. Büsing, E. Vasilaki & W. Gerstner, "Connectivity reflects coding: a model of voltage-based STDP with homeostasis",
Nature Neuroscience 13:344 (2010), doi:10.1038/nn.2479, figure 2b, and its authors' program (ModelDB 144566: ``VoTri.m`` is the
rule and the protocol, ``aEIF.m`` the neuron). Groups of five pairings, 10 ms apart, at 0.1 to 50 Hz; a group each 10 s, 15 of
them (10 at 0.1 Hz). The data are those of P. J. Sjöström, G. G. Turrigiano & S. B. Nelson, Neuron 32:1149 (2001),
doi:10.1016/S0896-6273(01)00542-6.

Symbols
-------
``v`` the voltage of an adaptive exponential neuron, ``w_ad`` its adaptation, ``z`` the current after a spike, ``V_T`` the
threshold, which jumps at a spike; ``m`` and ``p`` the voltage filtered with τ₋ and τ₊, which the rule reads ``delay`` late.

What is shown
-------------
The weight at the end in per cent of the first one: to the tenth that the authors' program gives, and near the published curve,
which lies up to 2.3 points above that program.

What differs
------------
- The program injects a current for each postsynaptic spike, which then lasts two steps of 1 ms at set voltages; here the spike is
  forced one step earlier, and its voltages are in the equations. The adaptation rests in the second step.
- b is 0.0805 pA as the program has it; the paper prints 0.805 pA, and its source 80.5 pA.
- The program's two peculiarities are kept: a group with the postsynaptic spike first has a sixth postsynaptic spike at its end,
  and the first three steps are left out, with a spike in them.
- The rule of the library lets the presynaptic trace decay exactly; Euler's steps of the program are the same with another τ_x and
  A_LTP, which is what ``euler_trace`` gives it. With the parameters as published the curve is up to 4.1 points lower.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

import bouton as bt
from bouton import plots
from bouton.experiments.base import Check, Experiment, Result, total_timings
from bouton.experiments.references import largest, unchanged
from bouton.plots import style
from bouton.units import Hz, ms, mV, nS, pA, pF, second

if TYPE_CHECKING:
    import xarray
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]

PROGRAM = np.array([[100.0, 102.9, 115.7, 146.3, 165.0], [71.7, 59.6, 60.5, 117.8, 173.6]])
"""What the authors' program gives, in per cent, by lag (+10 ms, -10 ms) and rate."""
PUBLISHED = np.array([[100.96, 104.35, 117.27, 148.25, 167.25], [71.68, 59.59, 60.49, 118.77, 175.90]])
"""Figure 2b, read from its vector paths."""

NEURON_PARAMETERS: Mapping[str, Any] = {
    "C": 281 * pF, "g_L": 30 * nS, "E_L": -70.6 * mV, "D_T": 2 * mV, "V_Trest": -50.4 * mV, "V_Tmax": -30.4 * mV,
    "tau_VT": 50 * ms, "a": 4 * nS, "b": 0.0805 * pA, "tau_w": 144 * ms, "I_sp": 400 * pA, "tau_z": 40 * ms,
    "V_peak": 29.4 * mV, "V_clamp": 32.862 * mV, "V_reset": -49.5016 * mV, "t_spike": 2 * ms,
    "tau_minus": 10 * ms, "tau_plus": 7 * ms,
}  # fmt: skip

SETTINGS: Mapping[str, Any] = {
    "rates": [0.1, 10, 20, 40, 50] * Hz,
    "lag": 10 * ms,
    "pairs": 5,
    "groups": (10, 15, 15, 15, 15),
    "interval": 10 * second,
    "dt": 1 * ms,
    "delay": 3 * ms,
    "w": 0.5,
    "euler_trace": True,
    **NEURON_PARAMETERS,
    **{name: bt.rules.Clopath.parameters[name].value for name in ("A_LTD", "A_LTP", "theta_minus", "theta_plus", "tau_x")},
}

NEURON = """
    received : 1
    age = t - lastspike : second
    up = where(age < t_spike + dt/2, 1, 0) : 1               # within a spike
    back = where(age < t_spike + 3*dt/2, 1 - up, 0) : 1      # in the step after it, which starts from these:
    v_0 = where(back > 0, V_reset, v) : mV
    w_0 = where(back > 0, w_ad + b, w_ad) : pA
    z_0 = where(back > 0, I_sp, z) : pA
    V_T0 = where(back > 0, V_Tmax, V_T) : mV
    V_set = where(age < t_spike/2 + dt/2, V_peak, V_clamp) : mV
    resting = where(age < t_spike/2 + dt/2, 0, up) : 1
    current = g_L*D_T*exp((v_0 - V_T0)/D_T) - g_L*(v_0 - E_L) - w_0 + z_0 : pA
    dv/dt = where(up > 0, (V_set - v)/dt, (v_0 - v)/dt + current/C) : mV
    dw_ad/dt = (1 - resting)*((w_0 - w_ad)/dt + (a*(v_0 - E_L) - w_0)/tau_w) : pA
    dz/dt = (z_0 - z)/dt - z_0/tau_z : pA
    dV_T/dt = (V_T0 - V_T)/dt - (V_T0 - V_Trest)/tau_VT : mV
    dm/dt = (v - m)/tau_minus : mV
    dp/dt = (v - p)/tau_plus : mV
    u_minus : mV
    u_plus : mV
"""


def number(settings: Mapping[str, Any], name: str) -> float:
    """A setting in ms."""
    return float(settings[name].to(ms).magnitude)


def neuron(settings: Mapping[str, Any]) -> bt.NeuronModel:
    """The neuron; the rule reads filtered voltages ``delay`` late, at least one step, and ``u_plus`` a step after it was set."""
    delay = number(settings, "delay")
    early = delay - number(settings, "dt")
    late = f"u_minus = m(t-{delay}*ms); u_plus = {f'p(t-{early}*ms)' if early > 0 else 'p'}"
    given = {name: settings[name] for name in NEURON_PARAMETERS}
    return bt.NeuronModel(NEURON, method="euler", every=(bt.dt, late), parameters=given, name="adex")


def rule(settings: Mapping[str, Any]) -> bt.SynapseModel:
    """Clopath's rule; what each step adds is Euler's, and with ``euler_trace`` so is the decay of the presynaptic trace."""
    given = {name: settings[name] for name in ("A_LTD", "A_LTP", "theta_minus", "theta_plus", "tau_x")}
    if settings["euler_trace"]:
        tau, dt = given["tau_x"], settings["dt"]
        given["tau_x"] = -dt / np.log(1 - float((dt / tau).to("").magnitude))
        given["A_LTP"] = given["A_LTP"] * (given["tau_x"] / (tau - dt)).to("").magnitude
    return bt.rules.Clopath("clopath2010_visual_cortex", advance="events", **given)


def trains(settings: Mapping[str, Any], lag: float, rate: float, groups: int) -> tuple[Floats, Floats]:
    """Presynaptic and postsynaptic spikes of a protocol in ms, as the program has them."""
    period = round(1e3 / rate)
    length = settings["pairs"] * period + abs(lag) + 1
    begins = np.arange(groups) * max(length, number(settings, "interval"))
    pre = np.add.outer(begins, np.arange(abs(lag), length - 1, period)).ravel()
    post = np.add.outer(begins, np.arange(abs(lag) + lag, length, period)).ravel()
    start = 3 * number(settings, "dt")  # the program begins with its fourth step
    return pre - start, post[post >= start] - start


def build(settings: Mapping[str, Any], seed: int = 0, backend: str = "cpu") -> bt.protocols.Played:
    """A synapse for each lag and rate, before its first step."""
    rates, lag = settings["rates"].to(Hz).magnitude, number(settings, "lag")
    protocols = [(way, rate, groups) for way in (lag, -lag) for rate, groups in zip(rates, settings["groups"], strict=True)]
    pre, post = zip(*(trains(settings, *protocol) for protocol in protocols), strict=True)
    early = number(settings, "dt")
    rest = {"V_T": settings["V_Trest"], **dict.fromkeys(("v", "m", "p", "u_minus", "u_plus"), settings["E_L"])}
    before, after = [train * ms for train in pre], [(train - early) * ms for train in post]
    return bt.protocols.play(
        rule(settings), before, after, neuron=neuron(settings), cell=rest,
        w=settings["w"], duration=0 * ms, dt=settings["dt"], options={"seed": seed, "backend": backend},
    )  # fmt: skip


def duration(settings: Mapping[str, Any]) -> float:
    """How long the longest protocol takes, in ms."""
    period = np.round(1e3 / settings["rates"].to(Hz).magnitude)
    longest = np.maximum(settings["pairs"] * period + number(settings, "lag") + 1, number(settings, "interval"))
    return float((longest * settings["groups"]).max())


def final(settings: Mapping[str, Any], seed: int = 0, backend: str = "cpu") -> tuple[Floats, bt.Simulation]:
    """The weights at the end in per cent of the first, [lag, rate]."""
    played = build(settings, seed, backend)
    played.simulation.run(duration(settings) * ms)
    percent = 100 * played.final().magnitude / settings["w"]
    return percent.reshape(2, -1), played.simulation


def burst(settings: Mapping[str, Any], seed: int = 0) -> tuple[dict[str, Any], bt.Simulation]:
    """The first group at the highest rate, with the presynaptic spike first: recordings of each step, which are few."""
    played = build(settings, seed, "reference")
    which = len(settings["rates"]) - 1
    recordings = {name: played.simulation.record(played.cells[which : which + 1], name) for name in ("v", "u_minus", "u_plus")}
    recordings |= {"w": played.simulation.record(played.synapses[which : which + 1], "w")}
    played.simulation.run((settings["pairs"] + 1) * round(1e3 / settings["rates"].to(Hz).magnitude[-1]) * ms)
    return recordings, played.simulation


def run(settings: Mapping[str, Any], seed: int = 0, backend: str = "cpu") -> Result:
    """All protocols with the trace as the program decays it and exactly, and the first 50 Hz group in detail."""
    euler, first = final({**settings, "euler_trace": True}, seed, backend)
    exact, second_ = final({**settings, "euler_trace": False}, seed, backend)
    weights = euler if settings["euler_trace"] else exact
    recordings, third = burst(settings, seed)
    data = bt.protocols.frequency(bt.rules.PairSTDP(), pairings=1, options={"backend": "reference"})  # for what was measured
    measured, errors = (100 * data[name].to_numpy() for name in ("measured", "error"))
    checks: list[Check] = []
    if unchanged(settings, SETTINGS):
        squares = ((weights - 100 - measured) / errors) ** 2
        checks = [
            Check("weight in %, against the authors' program", largest(weights, PROGRAM), 0.0501),  # which is printed to a tenth
            Check("weight in %, against figure 2b", largest(weights, PUBLISHED), 2.4),  # the program's own distance from it
            Check("weight in %, exact decay, against the program", largest(exact, PROGRAM), 5.0),
            Check("mean square error over standard error, Sjöström 2001", float(squares.mean()), 1.0),
        ]
    values = {
        "theta_plus": settings["theta_plus"].to(mV).magnitude,
        "rates": settings["rates"].to(Hz).magnitude,
        "weights": weights,
        "exact": exact,
        "burst": recordings,
    }
    values |= {"measured": 100 + measured, "errors": errors, "measured_rates": data["rate"].to_numpy()}
    return Result(values, tuple(checks), total_timings(first, second_, third), lambda: _dataset(values))


def _dataset(values: Mapping[str, Any]) -> xarray.Dataset:
    import xarray

    percent = {"units": "%", "long_name": "final weight over the initial one"}
    found = {name: (("first", "rate"), values[name], percent) for name in ("weights", "exact")}
    return xarray.Dataset(found, coords={"first": ["pre", "post"], "rate": ("rate", values["rates"], {"units": "Hz"})})


@style.styled
def figure(result: Result) -> Figure:
    """One group at the highest rate: voltages and weight; the final weights over the rate, with what was measured."""
    values, recordings = result.values, result.values["burst"]
    made = style.figure("page", 2.8)
    parts = made.subplot_mosaic([["v", "w"], ["dw", "w"]], height_ratios=(1.6, 1))
    times = recordings["v"].times.magnitude
    volts = np.column_stack([recordings[name].values.magnitude for name in ("v", "u_minus", "u_plus")])
    plots.traces((times * ms, volts), labels=("$v$", r"$\bar{u}_-$", r"$\bar{u}_+$"), axes=parts["v"])
    parts["v"].set(ylabel="Voltage (mV)", xlabel="")
    parts["v"].axhline(values["theta_plus"], color=style.COLOURS["grey"], linewidth=0.6, linestyle=(0, (4, 3)))
    parts["v"].legend(ncols=3, loc="lower left", bbox_to_anchor=(0.2, 0.98))
    plots.traces((times * ms, recordings["w"].values.magnitude), colours=("black",), axes=parts["dw"])
    parts["dw"].set_ylabel("Weight")
    style.letter(parts["v"], "a")
    axes = style.letter(parts["w"], "b")
    for row, (label, colour) in enumerate({"pre 10 ms before post": "vermilion", "post 10 ms before pre": "blue"}.items()):
        axes.plot(values["rates"], values["weights"][row], color=style.COLOURS[colour], label=label)
        if result.checks:
            axes.plot(values["rates"], PUBLISHED[row], "x", markersize=4, color=style.COLOURS["black"])
        points = (values["measured_rates"], values["measured"][row], values["errors"][row])
        axes.errorbar(*points, fmt="o", color=style.COLOURS[colour], elinewidth=0.8)
    axes.axhline(100, color=style.COLOURS["grey"], linewidth=0.6, zorder=0)
    axes.set(xlabel="Frequency of pairings (Hz)", ylabel="Weight (% of initial)")
    axes.plot([], [], "x", markersize=4, color=style.COLOURS["black"], label="figure 2b")
    axes.errorbar([], [], [], fmt="o", color=style.COLOURS["grey"], elinewidth=0.8, label="Sjöström 2001")
    axes.legend(loc="upper left")
    return made


EXPERIMENT = Experiment(
    name="voltage-plasticity",
    title="Voltage-based plasticity: frequency of pairings",
    source="Clopath, Büsing, Vasilaki & Gerstner (2010), figure 2b, and its authors' program",
    settings=SETTINGS,
    simulation=lambda settings, seed: build(settings, seed).simulation,
    run_with=run,
    figure=figure,
    tags=("voltage", "STDP"),
)
