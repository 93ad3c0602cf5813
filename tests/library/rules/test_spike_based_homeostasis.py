"""Spike-based homeostasis against a count of spikes, and against the experiment's own equations on Brian2's trains."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

import bouton as bt
from bouton.experiments import homeostasis
from bouton.experiments.references import load
from bouton.units import ms, nS

PLUS, MINUS, HIGH = 0.11, 0.13, 0.5
STARTS = np.array([0.0, 0.2, 0.5])
rng = np.random.default_rng(2)
PRE = np.sort(rng.choice(1900, 30, replace=False))
POST = np.sort(np.concatenate([rng.choice(np.setdiff1d(np.arange(1900), PRE), 25, replace=False), PRE[8:14]]))


def expected(bounds: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weights, and what arrived. At one time presynaptic spikes come first."""
    w, received = STARTS.copy(), np.zeros(3)
    low, high = (0.0, HIGH) if bounds == "hard" else (-np.inf, np.inf)
    for _, change in sorted([(t, PLUS) for t in PRE] + [(t, -MINUS) for t in POST], key=lambda each: (each[0], -each[1])):
        received = received + (np.maximum(w, 0.0) if change > 0 else 0.0)
        w = np.minimum(np.maximum(w + change, low), high)
    return w, received


@pytest.mark.parametrize("bounds", bt.rules.SpikeBasedHomeostasis.options["bounds"])
def test_it_counts(bounds: str) -> None:
    bound = {"w_max": HIGH * nS} if bounds == "hard" else {}
    rule = bt.rules.SpikeBasedHomeostasis(unit="nS", bounds=bounds, dw_plus=PLUS * nS, dw_minus=MINUS * nS, **bound)
    cell = bt.NeuronModel("received : nS", name="cell")
    given = {"w": STARTS * nS, "neuron": cell, "options": {"backend": "reference"}}
    result = bt.protocols.play(rule, PRE * 0.1 * ms, [POST * 0.1 * ms] * 3, **given)
    w, received = expected(bounds)
    np.testing.assert_allclose(result.final().magnitude, w, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(result.simulation[result.cells].received.magnitude, received, rtol=1e-12)
    if bounds == "rectified":
        np.testing.assert_allclose(w, STARTS + len(PRE) * PLUS - len(POST) * MINUS, rtol=1e-9)
        assert w.min() < 0
    else:
        assert np.ptp(w) < np.ptp(STARTS)  # both bounds were met


def test_it_is_what_the_experiment_does() -> None:
    """The experiment's neuron and Brian2's trains: the same to the last bit, and as Brian2 found it."""
    trains, dt, steps = load("brian2_homeostasis"), homeostasis.SETTINGS["dt"], 4000
    network = bt.Network()
    steady, varying = (bt.SpikeTimes(1, trains[f"in_{name}_step"] * dt) for name in ("steady", "varying"))
    network.add(steady)
    network.add(varying)
    models = {"v": bt.rules.SpikeBasedHomeostasis("brian2_spike_based_homeostasis"), None: homeostasis.HOMEOSTATIC}
    neurons, synapses = [], []
    for target, model in models.items():
        neurons.append(network.add(bt.Population(1, homeostasis.LIF)))
        synapses.append(network.connect(steady, neurons[-1], model, target=target, w=homeostasis.SETTINGS["w_initial"]))
        network.connect(varying, neurons[-1], homeostasis.STATIC, w=homeostasis.SETTINGS["w_varying"])
    simulation = bt.Simulation(network, dt, backend="reference")
    w = [simulation.record(each, "w", when="start") for each in synapses]
    v = [simulation.record(each, "v", when="start") for each in neurons]
    simulation.run(steps * dt)
    for found, wanted in (w, v):
        np.testing.assert_array_equal(found.values.magnitude, wanted.values.magnitude)
    in_force = np.searchsorted(trains["w_change_step"], np.arange(steps), side="right") - 1
    assert len(np.unique(in_force)) > 20
    np.testing.assert_array_equal(w[0].of(0).magnitude, trains["w_change_value"][in_force])


@pytest.mark.parametrize("name", bt.rules.SpikeBasedHomeostasis.sets)
def test_named_sets_are_models(name: str) -> None:
    """Brian2's parameters are those of the experiment."""
    values = bt.rules.SpikeBasedHomeostasis(name).parameters
    assert values == {each: homeostasis.SETTINGS[each] for each in ("dw_plus", "dw_minus", "w_max")}


@pytest.mark.slow
def test_the_rate_is_drawn_to_that_of_the_input() -> None:
    """r·Δw₊/Δw₋: inputs at 50 and 20 Hz keep cells at 25 and 10 Hz, beside a drive that alone makes 2 Hz."""
    network = bt.Network()
    cell = bt.NeuronModel("dv/dt = -v/(10*ms) + 0.3*xi*(10*ms)**-0.5 : 1", threshold="v > 1", reset="v = 0", name="cell")
    rates = np.repeat([50.0, 20.0], 20)
    steady = network.add(bt.Poisson(40, rate=rates * bt.units.Hz))
    cells = network.add(bt.Population(40, cell))
    rule = bt.rules.SpikeBasedHomeostasis(dw_plus=0.02, dw_minus=0.04)
    network.connect(steady, cells, rule, target="v", pattern=bt.OneToOne(), w=0.5)
    simulation = bt.Simulation(network, dt=0.2 * ms, seed=4)
    spikes = simulation.record_spikes(cells)
    simulation.run(60 * bt.units.second)
    found = spikes.rate(10 * bt.units.second, 60 * bt.units.second).to("Hz").magnitude.reshape(2, 20).mean(axis=1)
    np.testing.assert_allclose(found, [25.0, 10.0], rtol=0.05)
