"""The window of spike-timing-dependent plasticity: weight change against the lag between two spikes.

Source
------
ANNarchy's notebook "STDP - single synapse" (``STDP1.ipynb``), with the additive rule of S. Song, K. D. Miller & L. F. Abbott,
"Competitive Hebbian learning through spike-timing-dependent synaptic plasticity", Nature Neuroscience 3 (2000). The
postsynaptic neuron fires at 50 ms, the presynaptic one at 0, 1, …, 100 ms.

Symbols
-------
``x``, ``y`` the traces of presynaptic and postsynaptic spikes, with time constants τ₊ and τ₋ and increments A₊·w_max and
A₋·w_max; ``w`` the weight, from w_min to w_max.

What differs
------------
- The original simulates each pairing by itself, with new spike times each time (`pairing_by_pairing` does the same). Here one
  run has a synapse for every pairing.
- In ANNarchy a presynaptic spike reaches the synapse one step after it was emitted, and then meets the postsynaptic trace of
  one step before; a postsynaptic spike acts at once. That is an axonal delay of one step, and ``y(t-dt)``. Hence the two
  spikes potentiate most at a lag of one step, and depress at none.
- On long trains ANNarchy also loses one step of decay of both traces at each presynaptic spike; no pairing shows it.
- Reference is version 4.8.2, which the notebook was run with; version 5.0.4.1 keeps stale spike times from run to run.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

import bouton as bt
from bouton import plots
from bouton.experiments.base import Check, Experiment, Result, total_timings
from bouton.experiments.references import largest, load, unchanged
from bouton.units import ms

if TYPE_CHECKING:
    import xarray
    from matplotlib.figure import Figure

STDP = bt.SynapseModel(
    """
    w : 1
    dx/dt = -x / tau_plus  : 1
    dy/dt = -y / tau_minus : 1
    """,
    on_pre="x += A_plus*w_max; w = clip(w - y(t-dt), w_min, w_max)",
    on_post="y += A_minus*w_max; w = clip(w + x, w_min, w_max)",
    parameters={"tau_plus": 20 * ms, "tau_minus": 20 * ms, "A_plus": 0.01, "A_minus": 0.01, "w_min": 0.0, "w_max": 2.0},
    name="stdp",
)
CELL = bt.NeuronModel("", name="cell")

SETTINGS: Mapping[str, Any] = {
    "pre_times": np.linspace(100.0, 0.0, 101) * ms,
    "post_time": 50 * ms,
    "duration": 105 * ms,
    "dt": 1 * ms,
    "w": 1.0,
    **STDP.parameters,
}


class Built(NamedTuple):
    """A simulation, its presynaptic sources, and their synapses onto one neuron."""

    simulation: bt.Simulation
    sources: bt.SpikeTimes
    synapses: bt.Projection


def build(settings: Mapping[str, Any], seed: int = 0, backend: str = "cpu") -> Built:
    """A neuron that is made to fire at ``post_time``, and one synapse for each of ``pre_times``."""
    network = bt.Network()
    times = np.atleast_1d(settings["pre_times"])
    sources = network.add(bt.SpikeTimes(len(times), times, np.arange(len(times))), name="pre")
    cell = network.add(bt.Population(1, CELL, force_spikes=bt.SpikeTimes(1, settings["post_time"])), name="post")
    values = {name: settings[name] for name in ("w", *STDP.parameters)}
    synapses = network.connect(sources, cell, STDP, axonal_delay=settings["dt"], **values)
    return Built(bt.Simulation(network, dt=settings["dt"], seed=seed, backend=backend), sources, synapses)


def pairing_by_pairing(settings: Mapping[str, Any], seed: int = 0, backend: str = "cpu") -> tuple[NDArray[np.float64], Built]:
    """The weight changes as the original measures them: one synapse, one pairing a run, new spike times in between."""
    first, changes = settings["pre_times"][0], []
    built = build({**settings, "pre_times": first}, seed, backend)
    for time in settings["pre_times"]:
        built.simulation.reset()
        built.simulation[built.sources].spikes = bt.SpikeTimes(1, time)
        built.simulation.run(settings["duration"])
        changes.append(weight_changes(built, settings)[0])
    return np.array(changes), built


def weight_changes(built: Built, settings: Mapping[str, Any]) -> NDArray[np.float64]:
    """How far the weights are from where they began, [pairing]."""
    changes: NDArray[np.float64] = built.simulation[built.synapses].w.magnitude - settings["w"]
    return changes


def run(settings: Mapping[str, Any], seed: int = 0, backend: str = "cpu") -> Result:
    """All pairings in one run, and again one by one."""
    built = build(settings, seed, backend)
    built.simulation.run(settings["duration"])
    at_once = weight_changes(built, settings)
    one_by_one, single = pairing_by_pairing(settings, seed, backend)
    lags = (settings["post_time"] - settings["pre_times"]).to(ms).magnitude
    checks = [Check("one by one against all at once", largest(one_by_one, at_once), 1e-12)]
    if unchanged(settings, SETTINGS):
        expected = load("annarchy_stdp")["weight_changes_v482"]
        checks += [
            Check("all pairings in one run, against ANNarchy", largest(at_once, expected), 1e-12),
            Check("pairing by pairing, against ANNarchy", largest(one_by_one, expected), 1e-12),
        ]
    values = {"lags_ms": lags, "changes": at_once, "one_by_one": one_by_one}
    return Result(values, tuple(checks), total_timings(built.simulation, single.simulation), lambda: _dataset(values))


def _dataset(values: Mapping[str, ArrayLike]) -> xarray.Dataset:
    import xarray

    lag = ("lag", values["lags_ms"], {"units": "ms", "long_name": "t_post - t_pre"})
    changes = {name: ("lag", values[name], {"units": "1", "long_name": "weight change"}) for name in ("changes", "one_by_one")}
    return xarray.Dataset(changes, coords={"lag": lag})


def figure(result: Result) -> Figure:
    """Weight change against the lag from the presynaptic to the postsynaptic spike."""
    return plots.style.root(plots.window((result.values["lags_ms"] * ms, result.values["changes"])))


EXPERIMENT = Experiment(
    name="stdp-window",
    title="The window of spike-timing-dependent plasticity",
    source="ANNarchy, notebook 'STDP - single synapse'",
    settings=SETTINGS,
    simulation=lambda settings, seed: build(settings, seed).simulation,
    run_with=run,
    figure=figure,
    tags=("tour", "STDP", "ANNarchy"),
)
