"""Working memory: resources against their map, who is connected to whom, both backends; at full length the memory."""

import io
from math import exp
from typing import Any

import numpy as np
import pytest

import bouton as bt
from bouton.experiments import find
from bouton.experiments import working_memory as experiment
from bouton.experiments.base import Result
from bouton.units import ms, mV, second

SMALL: dict[str, Any] = {
    **experiment.SETTINGS,
    "excitatory": 200,
    "inhibitory": 50,
    **{name: 40 * experiment.SETTINGS[name] for name in ("J_b", "J_p", "J_IE", "J_EI", "J_II")},
    "duration": 0.06 * second,
    "dt": 0.5 * ms,
    "cue": (0.02, 0.05),
    "cue_contrast": 1.6,
    "readouts": ((0.05, 0.06),),
}


@pytest.fixture(scope="module")
def small() -> Result:
    return experiment.run(SMALL, 1, "reference")


@pytest.fixture(scope="module")
def result() -> Result:
    return find("working-memory").run()


def test_a_spike_raises_u_and_then_releases() -> None:
    network = bt.Network()
    model = experiment.neuron(experiment.SETTINGS, "excitatory", 15, 16)
    spikes = np.array([5.0, 12.0, 40.0, 41.0 + 60])
    cell = network.add(bt.Population(1, model, force_spikes=bt.SpikeTimes(1, spikes * ms)))
    simulation = bt.Simulation(network, 1 * ms, backend="reference")
    released = simulation.record(cell, "r")
    simulation.run(110 * ms)
    u, x, last, meant = 0.2, 1.0, 0.0, []
    for at in spikes:
        u, x = 0.2 + (u - 0.2) * exp(-(at - last) / 1500), 1 - (1 - x) * exp(-(at - last) / 200)
        u += 0.2 * (1 - u)
        meant.append(u * x)
        x, last = x - u * x, at
    found = released.values.magnitude[spikes.astype(int), 0]
    np.testing.assert_allclose(found, meant, rtol=1e-12)


def test_who_is_connected_to_whom() -> None:
    """Each pair of excitatory neurons with one probability of 0.2, and an efficacy as the paper has it."""
    built = experiment.build(SMALL)
    facts = [each.projection for each in built.simulation.facts.projections if each.projection.model.name == "dynamic"]
    chance, mean = np.zeros((200, 200)), np.zeros((200, 200))
    for projection in facts:
        assert isinstance(projection.pattern, bt.Bernoulli)
        sides = [np.arange(200)[getattr(side, "index", slice(None))] for side in (projection.source, projection.target)]
        chance[np.ix_(*sides)] += projection.pattern.p
        mean[np.ix_(*sides)] += projection.pattern.p * float(projection.values["J"].to(mV).magnitude)
    np.testing.assert_allclose(chance, 0.2, rtol=1e-12)
    population = np.minimum(np.arange(200) // 20, 5)
    same = (population[:, None] == population) & (population < 5)
    meant = np.where(same, 0.45, np.where(population[:, None] == 5, 0.1 * 0.45 + 0.9 * 0.10, 0.10))
    np.testing.assert_allclose(mean, 0.2 * 40 * meant, rtol=1e-12)


def test_signals_are_on_within_their_intervals() -> None:
    data = experiment.signal(experiment.SETTINGS, experiment.SETTINGS["readouts"], 0.05).data
    assert np.flatnonzero(data).tolist() == [*range(170, 195)]
    assert data.max() == 0.05


def test_only_one_population_is_cued(small: Result) -> None:
    rates = experiment.mean_rates(small.values, 0.02, 0.06)
    assert small.checks == ()
    assert rates[0] > 10 > rates[1:].max()


def test_the_main_simulation_is_at_its_start() -> None:
    simulation = find("working-memory").simulation(SMALL, 0)
    assert simulation.t == 0 * second


def test_the_figure_and_the_dataset_are_complete(small: Result) -> None:
    figure: Any = find("working-memory").figure(small)
    labels = {axes.get_xlabel() for axes in figure.axes} | {axes.get_ylabel() for axes in figure.axes}
    assert {"Time (s)", "Population", "Rate (Hz)", "Synapses"} <= labels
    figure.savefig(png := io.BytesIO())
    assert len(png.getvalue()) > 20_000
    assert {"u", "x", "rate", "spike_time"} <= set(small.dataset().data_vars)


@pytest.mark.slow
def test_both_backends_compute_the_same(small: Result) -> None:
    compiled = experiment.run(SMALL, 1, "cpu")
    np.testing.assert_array_equal(compiled.values["neurons"], small.values["neurons"])
    np.testing.assert_allclose(compiled.values["u"], small.values["u"], rtol=1e-12)


@pytest.mark.slow
def test_the_memory_is_read_out(result: Result) -> None:
    assert len(result.checks) == 3 + 2
    assert result.passed, result.checks


@pytest.mark.slow
def test_with_another_network() -> None:
    result = find("working-memory").run(seed=5)
    assert result.passed, result.checks


@pytest.mark.slow
@pytest.mark.parametrize("given", [{"tau_fac": 50 * ms}, {"cue_contrast": 1.0}])
def test_without_facilitation_or_cue_there_is_no_memory(given: dict[str, Any]) -> None:
    result = find("working-memory").run({**given, "duration": 1.96 * second})
    answer = experiment.mean_rates(result.values, 1.7, 1.95)
    assert answer[0] < 10
