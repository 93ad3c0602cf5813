"""A dendrite that learns to predict the soma it belongs to.

A pattern of spikes on 200 synapses of a dendrite is repeated while conductances at the soma teach it a time course of the
potential. Each synapse changes with the error of the dendritic prediction, the soma's spikes less the rate that the dendrite
expects. When teaching stops, the pattern alone makes the soma follow the time course.

Source
------
NEST's example ``urbanczik_synapse_example``, after R. Urbanczik & W. Senn, "Learning by the dendritic prediction of somatic
spiking", Neuron 81 (2014).

Symbols
-------
``U`` and ``V`` potentials of soma and dendrite, ``V_star`` what V predicts for U; ``I`` dendritic current; ``g_E``, ``g_I``
conductances at the soma, ``U_M`` the potential they match; ``phi`` rate of escape noise (φ), ``h`` its relative slope;
``e`` error of one step, S − φ(V*)·dt, times h(V*). The synapses are those of ``bt.rules.UrbanczikSenn``, with τ_L = C/g_L.

What differs
------------
- NEST integrates the whole neuron with an adaptive step (GSL's RKF45), here U alone by Runge–Kutta's fourth order, with the exact
  V, I, g_E and g_I at its stages. The potentials of the soma differ by up to 1.5e-4 mV.
- NEST sums the rule's two integrals, of e·psp and of its low pass, and takes their difference. That difference is the
  integral of Δ, as in the article. Clipping does not feed back into it.
- NEST's stamp n is step n − 1. Its error acts on the synapses one step later, its synaptic current one step after the spike.
- In NEST spike generators teach, with a weight for each step; here timed arrays.
- The original is one run, with an input pattern drawn at random. Here that pattern is used throughout: first with the somatic
  spikes of NEST's run, which are forced; then neurons side by side spike by random numbers of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import bouton as bt
from bouton.experiments.base import Check, Experiment, Result, total_timings
from bouton.experiments.references import largest, load, unchanged
from bouton.units import Quantity, kHz, ms, mV, nS, pA, pF

if TYPE_CHECKING:
    import xarray
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]

SETTINGS: Mapping[str, Any] = {
    "dt": 0.1 * ms,
    "pattern_duration": 200 * ms,
    "untaught": 2,  # repetitions of the pattern before teaching, and again after it
    "taught": 100,
    "eta": 0.17 * nS / ms,
    "tau_Delta": 100 * ms,
    "w_initial": 90 * pA,
    "w_max": 1350 * pA,
    "copies": 20,
}

NEURON = bt.NeuronModel(
    """
    dU/dt = (-g_L*(U - E_L) - g_E*(U - E_E) - g_I*(U - E_I) + g_D*(V - U))/C : mV
    dV/dt = (-g_L*(V - E_L) + I)/C : mV
    dI/dt = -I/tau_s : pA
    dg_E/dt = -g_E/tau_s : nS
    dg_I/dt = -g_I/tau_s : nS
    V_star = (g_L*E_L + g_D*V)/(g_L + g_D) : mV
    U_M = where(g_E + g_I > 0*nS, (g_E*E_E + g_I*E_I)/(g_E + g_I), E_L) : mV
    phi_U = phi_max/(1 + k*exp(beta*(theta - U))) : kHz
    phi_V = phi_max/(1 + k*exp(beta*(theta - V_star))) : kHz
    h = beta*unit/(1 + exp(-beta*(theta - V_star))/k) : 1
    e : 1
    """,
    every=(bt.dt, "g_E += teach_E; g_I += teach_I; e = -phi_V*dt*h"),
    threshold="rand() < 1 - exp(-phi_U*dt)",
    reset="e += h",
    refractory=3.1 * ms,
    method={"U": "rk4"},
    parameters={
        **{"C": 300 * pF, "g_L": 30 * nS, "g_D": 600 * nS, "E_L": -70 * mV, "E_E": 0 * mV, "E_I": -75 * mV, "tau_s": 3 * ms},
        **{"phi_max": 0.15 * kHz, "k": 0.5, "beta": 1 / (3 * mV), "theta": -55 * mV, "unit": 15 * mV},
        **{"teach_E": 0 * nS, "teach_I": 0 * nS},
    },
    name="urbanczik_neuron",
)
LEARNING = {name: SETTINGS[name] for name in ("eta", "tau_Delta", "w_max")}
SYNAPSE = bt.rules.UrbanczikSenn("nest_example", unit="pA", w_1=NEURON.parameters["unit"], **LEARNING)

NEST = {"spikes while taught": (966.0, 41.0), "mean final weight (pA)": (56.6, 5.4)}  # mean and SD over 10 seeds
LEAST_CORRELATION = 0.9
TRACES = ("U", "V", "V_star", "U_M", "g_E", "g_I", "I", "phi_U", "phi_V")


class Built(NamedTuple):
    """A simulation with its neurons and their synapses; when teaching begins and stops, and when all ends."""

    simulation: bt.Simulation
    neurons: bt.Population
    synapses: bt.Projection
    begin: Quantity
    stop: Quantity
    end: Quantity


def build(settings: Mapping[str, Any], seed: int = 0, backend: str = "cpu", *, replay: bool = False) -> Built:
    """``copies`` neurons with the same input, or one that is made to spike as in NEST's run (``replay``)."""
    dt, period, data = settings["dt"], settings["pattern_duration"], load("nest_urbanczik")
    repetitions = np.arange(2 * settings["untaught"] + settings["taught"])
    begin = settings["untaught"] * period
    stop, end = begin + settings["taught"] * period, len(repetitions) * period
    network = bt.Network()
    once = (data["pattern_time_ms"] + data["parrot_delay_ms"]) * ms - dt
    times = once + repetitions[:, np.newaxis] * period
    afferents = np.broadcast_to(data["pattern_syn"], times.shape)
    pattern = network.add(bt.SpikeTimes(200, times.ravel(), afferents.ravel()), name="pattern")
    teachers: dict[str, Any] = {name: bt.TimedArray(current * nS, dt=dt) for name, current in teaching(settings).items()}
    soma = data["soma_spikes_ms"] * ms - dt
    forced = bt.SpikeTimes(1, soma[soma < end]) if replay else None
    count = 1 if replay else settings["copies"]
    neurons = network.add(bt.Population(count, NEURON, force_spikes=forced, U=-70 * mV, V=-70 * mV, **teachers), name="neurons")
    values = {name: settings[name] for name in LEARNING} | {"w": settings["w_initial"]}
    synapses = network.connect(pattern, neurons, SYNAPSE, target="I", dendritic_delay=dt, **values)
    return Built(bt.Simulation(network, dt, seed, backend=backend), neurons, synapses, begin, stop, end)


def teaching(settings: Mapping[str, Any]) -> dict[str, Floats]:
    """What the somatic conductances grow by in each step, in nS: a sine and a constant while taught, otherwise nothing."""
    per_period = round((settings["pattern_duration"] / settings["dt"]).to("").magnitude)
    begin = settings["untaught"] * per_period
    steps = np.arange(begin + settings["taught"] * per_period + 1)
    taught = (steps >= begin) & (steps < steps[-1])
    scale = 300 * 10 * settings["dt"].to(ms).magnitude * taught
    return {"teach_E": scale * (0.016 * np.sin(2 * np.pi * 2 * steps / per_period) + 0.018), "teach_I": scale * 0.06}


def run(settings: Mapping[str, Any], seed: int = 0, backend: str = "cpu") -> Result:
    """Replay NEST's run, then run the copies freely."""
    one = build(settings, backend=backend, replay=True)
    traces: dict[str, Any] = {name: one.simulation.record(one.neurons, name, every=1 * ms) for name in TRACES}
    weights: Any = one.simulation.record(one.synapses, "w", when="transmitted")
    one.simulation.run(one.end)

    free = build(settings, seed, backend)
    spikes = free.simulation.record_spikes(free.neurons)
    free.simulation.run(free.stop)
    after: Any = free.simulation.record(free.neurons, "U", every=1 * ms)
    free.simulation.run(free.end - free.stop)

    final = free.simulation[free.synapses].w.magnitude.reshape(-1, settings["copies"])
    period, stop = (round(time.to(ms).magnitude) for time in (settings["pattern_duration"], one.stop))
    values = {
        "traces": traces,
        "weights": weights,
        "soma_spikes": load("nest_urbanczik")["soma_spikes_ms"],
        "taught": (one.begin.to(ms).magnitude, stop),
        "period": period,
        "spikes while taught": spikes.counts(free.begin, free.stop),
        "mean final weight (pA)": final.mean(axis=0),
        "final_weights": final,
        "correlations": correlations(traces["U_M"].of(0).magnitude[stop - period : stop], after.values.magnitude),
    }
    checks: list[Check] = []
    if unchanged({**settings, "copies": SETTINGS["copies"]}, SETTINGS):
        checks = compare_replayed(traces, weights) + compare_free(values)
    return Result(values, tuple(checks), total_timings(one.simulation, free.simulation), lambda: _dataset(values))


def correlations(taught: Floats, after: Floats) -> Floats:
    """Pearson's correlation of ``taught`` [sample] with each repetition of it in ``after`` [time, copy]: [repetition, copy]."""
    repetitions = after.reshape(-1, len(taught), after.shape[1])
    return np.array([[np.corrcoef(taught, copy)[0, 1] for copy in repetition.T] for repetition in repetitions])


def compare_replayed(traces: Mapping[str, Any], weights: Any) -> list[Check]:
    """The replayed run against NEST's: the weight that each presynaptic spike met, and the potentials each 1 ms."""
    expected = load("nest_urbanczik")
    steps = np.rint(expected["wr_time_ms"] * 10).astype(np.int64) - 1
    theirs, ours = np.lexsort((expected["wr_syn"], steps)), np.lexsort((weights.synapses, weights.steps))
    same = largest(weights.steps[ours], steps[theirs]) == largest(weights.synapses[ours], expected["wr_syn"][theirs]) == 0
    deviation = largest(weights.values.magnitude[ours], expected["wr_weight"][theirs]) if same else float("inf")
    n = len(expected["t_ms"])
    return [
        Check("weight at each presynaptic spike (pA)", deviation, 1e-3),
        Check("dendritic potential (mV)", largest(traces["V"].of(0).magnitude[:n], expected["V_m_p"]), 1e-3),
        Check("somatic potential (mV)", largest(traces["U"].of(0).magnitude[:n], expected["V_m_s"]), 1e-2),
    ]


def compare_free(values: Mapping[str, Any]) -> list[Check]:
    """The copies against NEST's runs: means may differ by three standard errors, and learning must show."""
    checks = []
    for what, (mean, sd) in NEST.items():
        limit = 3 * sd * (1 / len(values[what]) + 1 / 10) ** 0.5
        checks.append(Check(what, abs(float(values[what].mean()) - mean), limit))
    for number, correlation in enumerate(values["correlations"].mean(axis=1), start=1):
        what = f"1 - correlation of U, repetition {number} after teaching"
        checks.append(Check(what, 1 - float(correlation), 1 - LEAST_CORRELATION))
    return checks


def _dataset(values: Mapping[str, Any]) -> xarray.Dataset:
    """Of the replayed run traces each 1 ms and the weight at each presynaptic spike; of the copies what they are held to."""
    made = bt.to_dataset({"weights": values["weights"]})
    made = made.assign_coords(time=("time", values["traces"]["U"].times.magnitude, {"units": "ms"}))
    for name, recorded in values["traces"].items():
        made[name] = ("time", recorded.of(0).magnitude, {"units": f"{recorded.unit:~}" or "1"})
    made["soma_spikes"] = ("soma_spike", values["soma_spikes"], {"units": "ms"})
    made["free_spikes_while_taught"] = ("copy", values["spikes while taught"])
    made["free_final_weights"] = (("afferent", "copy"), values["final_weights"], {"units": "pA"})
    made["free_correlations"] = (("repetition", "copy"), values["correlations"])
    return made


def figure(result: Result) -> Figure:
    """The document's two figures, at the beginning and at the end of teaching, and the copies next to NEST's runs."""
    from bouton.plots.prediction import dendritic_prediction

    return dendritic_prediction(result.values, NEST)


EXPERIMENT = Experiment(
    name="dendritic-prediction",
    title="Learning by the dendritic prediction of somatic spiking",
    source="NEST, example 'urbanczik_synapse_example'",
    settings=SETTINGS,
    simulation=lambda settings, seed: build(settings, seed).simulation,
    run_with=run,
    figure=figure,
    tags=("tour", "dendrites", "supervised learning", "NEST"),
)
