"""Dendritic prediction of somatic spiking against NEST's run, and the two backends against each other."""

from typing import Any

import numpy as np
import pytest

from bouton.experiments import Result, find
from bouton.experiments.dendritic_prediction import SETTINGS, build, compare_replayed, correlations, teaching
from bouton.units import Quantity, ms

EXPERIMENT = find("dendritic-prediction")


@pytest.fixture(scope="module")
def result() -> Result:
    return EXPERIMENT.run()


def test_default_settings_reproduce_nest(result: Result) -> None:
    assert len(result.checks) == 3 + 2 + 2
    assert [c for c in result.checks if not c.passed] == []


def test_weights_agree_far_better_than_asked(result: Result) -> None:
    weight, dendrite, soma = result.checks[:3]
    assert weight.deviation < 1e-7
    assert dendrite.deviation < 1e-8
    assert soma.deviation < 2e-4


def test_copies_learn_what_they_were_taught(result: Result) -> None:
    assert result.values["correlations"].shape == (2, 20)
    assert result.values["correlations"].min() > 0.85
    traces, period = result.values["traces"], result.values["period"]
    taught = traces["U_M"].of(0).magnitude[-3 * period : -2 * period]
    assert correlations(taught, traces["U"].values.magnitude[: 2 * period]).max() < 0.5


def test_changed_settings_are_not_compared() -> None:
    result = EXPERIMENT.run({"untaught": 1, "taught": 1, "copies": 2})
    assert result.checks == ()
    assert result.values["correlations"].shape == (1, 2)


def test_teaching_is_a_sine_of_two_periods_a_repetition() -> None:
    currents = teaching(EXPERIMENT.complete({"untaught": 1, "taught": 2}))
    steps = np.arange(2000, 6000)
    expected = 300 * (0.016 * np.sin(2 * np.pi * 2 / 200 * steps * 0.1) + 0.018)
    np.testing.assert_allclose(currents["teach_E"][2000:6000], expected, rtol=1e-10)
    assert not np.delete(currents["teach_E"], steps).any()
    assert not np.delete(currents["teach_I"], steps).any()
    assert set(currents["teach_I"][2000:6000]) == {18.0}


def test_figure_and_dataset(result: Result) -> None:
    labels = {axes.get_ylabel() for axes in EXPERIMENT.figure(result).axes}
    assert {"Potential (mV)", "Conductance (nS)", "Current (nA)", "Rate (Hz)", "Weights (pA)"} <= labels
    data = result.dataset()
    assert data.sizes["weights_event"] == 42119
    assert data.sizes["soma_spike"] == 1059
    assert data["U"].attrs["units"] == "mV"
    assert data["free_final_weights"].dims == ("afferent", "copy")


def run_on(backend: str, duration: Quantity | None, settings: Any, *, replay: bool) -> tuple[dict[str, Any], Any, Any]:
    built = build(EXPERIMENT.complete(settings), 3, backend, replay=replay)
    traces = {name: built.simulation.record(built.neurons, name, every=1 * ms) for name in ("U", "V", "I", "g_E", "e")}
    weights = built.simulation.record(built.synapses, "w", when="transmitted")
    spikes = built.simulation.record_spikes(built.neurons)
    built.simulation.run(built.end if duration is None else duration)
    return traces, weights, spikes


def agree(ours: tuple[dict[str, Any], Any, Any], reference: tuple[dict[str, Any], Any, Any]) -> None:
    assert len(reference[2]) > 0
    np.testing.assert_array_equal(ours[2].steps, reference[2].steps)
    np.testing.assert_array_equal(ours[2].indices, reference[2].indices)
    np.testing.assert_array_equal(ours[1].steps, reference[1].steps)
    np.testing.assert_array_equal(ours[1].synapses, reference[1].synapses)
    weights, expected = ours[1].values.magnitude, reference[1].values.magnitude
    np.testing.assert_allclose(weights, expected, rtol=1e-12, atol=1e-12 * expected.max())  # near 0 they are differences
    for name, trace in ours[0].items():
        np.testing.assert_allclose(trace.values.magnitude, reference[0][name].values.magnitude, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("replay, duration", [(True, 30 * ms), (False, 40 * ms)])
def test_reference_backend_agrees_over_the_first_steps(replay: bool, duration: Quantity) -> None:
    settings = {"untaught": 0, "taught": 1, "copies": 1}
    agree(*(run_on(backend, duration, settings, replay=replay) for backend in ("cpu", "reference")))


@pytest.mark.slow
def test_reference_backend_replays_all() -> None:
    runs = [run_on(backend, None, SETTINGS, replay=True) for backend in ("cpu", "reference")]
    agree(*runs)
    assert [c for c in compare_replayed(runs[1][0], runs[1][1]) if not c.passed] == []
