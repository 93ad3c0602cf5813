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
  presynaptic spike of its own step, which then transmits the potentiated weight, and depresses it only after that.
- It integrates by forward Euler with 1 ms; its presynaptic trace does not see a spike of step 0; its last step cannot spike,
  so that a run has one step less than it has samples.
- **Its window is wrong.** ``Delta_W`` gives depression the sign of potentiation and indexes it by the other half of the lags, so
  that ``exp`` grows: at a lag of 2 ms it prints 1.306, where the rule (and the simulation, which does not use ``Delta_W``)
  depresses by 0.0079. `window` puts pairs of spikes through the rule itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import bouton as bt
from bouton.experiments.base import Check, Experiment, Result, total_timings
from bouton.experiments.references import largest, load, unchanged
from bouton.plots import style
from bouton.units import Hz, Quantity, mV, ms, second

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]

SETTINGS: Mapping[str, Any] = {
    "duration": 120 * second,
    "dt": 1 * ms,
    "inputs": "reference",  # the document's trains at 15 Hz; "poisson" draws n_inputs trains at ``rate`` from the seed
    "n_inputs": 300,
    "rate": 15 * Hz,
    "w": 0.014,
    "w_max": 0.024,
    "A_plus": 0.008,
    "A_minus": 0.0088,
    "tau_stdp": 20 * ms,
    "tau_m": 10 * ms,
    "tau_syn": 5 * ms,
    "V_th": -55 * mV,
    "V_reset": -75 * mV,
    "V_L": -75 * mV,
    "V_E": 0 * mV,
    "V_init": -65 * mV,
}

NEURON = bt.NeuronModel(
    """
    dv/dt = (-(v - V_L) - g*(v - V_E)) / tau_m : mV (unless refractory)
    dg/dt = -g / tau_syn                       : 1
    """,
    threshold="v >= V_th",
    reset="v = V_reset",
    refractory=2 * ms,
    method="euler",
    parameters={name: SETTINGS[name] for name in ("V_L", "V_E", "V_th", "V_reset", "tau_m", "tau_syn")},
    name="lif",
)


def stdp(method: str | None = None) -> bt.SynapseModel:
    """The rule, exact or by the named scheme."""
    return bt.SynapseModel(
        """
        w : 1
        dx/dt = -x / tau_stdp : 1
        dy/dt = -y / tau_stdp : 1
        """,
        on_pre={"trace": "x += A_plus", "main": "target += w; w = maximum(w + y*w_max, 0)"},
        on_post="y -= A_minus; w = minimum(w + x*w_max, w_max)",
        method=method,
        parameters={name: SETTINGS[name] for name in ("tau_stdp", "A_plus", "A_minus", "w_max")},
        name="stdp",
    )


ORDER = ("threshold", "reset", "trace", "on_post", "main", "integrate")


class Built(NamedTuple):
    """A simulation, its neuron, and the synapses onto it."""

    simulation: bt.Simulation
    cell: bt.Population
    synapses: bt.Projection


def spike_trains(bits: NDArray[np.uint8], n_steps: int) -> bt.SpikeTimes:
    """Trains kept as packed bits, [input, step], of 1 ms."""
    trains, steps = np.nonzero(np.unpackbits(bits, axis=1)[:, :n_steps])
    return bt.SpikeTimes(len(bits), steps * ms, trains)


def build(settings: Mapping[str, Any], source: bt.SpikeTimes | bt.Poisson, seed: int = 0, backend: str = "cpu") -> Built:
    """All inputs onto one neuron."""
    unseen = np.zeros(len(source))
    if isinstance(source, bt.SpikeTimes):
        unseen[source.indices[source.times == 0]] = settings["A_plus"]
    network = bt.Network()
    network.add(source, name="inputs")
    cell = network.add(bt.Population(1, NEURON, v=settings["V_init"], **{name: settings[name] for name in NEURON.parameters}))
    rule = stdp("euler")
    values = {name: settings[name] for name in ("w", *rule.parameters)}
    synapses = network.connect(source, cell, rule, target="g", x=-unseen, **values)
    return Built(bt.Simulation(network, dt=settings["dt"], seed=seed, backend=backend, step_order=ORDER), cell, synapses)


def main_inputs(settings: Mapping[str, Any]) -> bt.SpikeTimes | bt.Poisson:
    """The trains that the settings ask for."""
    if settings["inputs"] == "poisson":
        return bt.Poisson(settings["n_inputs"], settings["rate"])
    trains = load("nma_15hz_120s")
    return spike_trains(trains["pre_bits"], int(trains["n_steps"]))


def simulate(built: Built, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Run one step less than the duration, and return the recordings."""
    simulation, cell, first = built.simulation, built.cell, built.synapses[:10]
    recordings = {
        "spikes": simulation.record_spikes(cell),
        "v": simulation.record(cell, "v", when="after:on_post"),
        "g": simulation.record(cell, "g", when="after:main"),
        "x": simulation.record(first, "x", when="after:on_post"),
        "y": simulation.record(built.synapses[:1], "y", when="after:on_post"),
        "w": simulation.record(first, "w", when="after:on_post"),
        "all_w": simulation.record(built.synapses, "w", every=1 * second, when="after:on_post"),
    }
    simulation.run(settings["duration"] - settings["dt"])
    return recordings
