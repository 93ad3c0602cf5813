"""Weights part into two groups and hold the rate: a glimpse by the interpreter, and the full run; faults are seen."""

import io
from typing import Any

import numpy as np
import pytest

from bouton.experiments import competition as experiment
from bouton.experiments import find
from bouton.experiments.base import Result
from bouton.units import Hz, ms, second

EXPERIMENT = find("competition")
GLIMPSE = {"duration": 50 * ms, "frozen_duration": 10 * ms, "excitatory": 40, "inhibitory": 4, "g_max": 0.4, "A_plus": 0.05}


@pytest.fixture(scope="module")
def glimpse() -> Result:
    return experiment.run(EXPERIMENT.complete(GLIMPSE), 1, "reference")


def test_the_interpreter_learns(glimpse: Result) -> None:
    assert glimpse.checks == ()  # its settings are not those of the experiment
    weights = glimpse.values["weights"]
    assert weights.shape == (3, 40)
    assert (weights.min(axis=1) < 1).all()
    assert glimpse.values["rates"].sum() > 0


def test_each_neuron_has_inputs_of_its_own_and_of_its_rate() -> None:
    given = {"rates": [100, 5000] * Hz, "excitatory": 50, "inhibitory": 2, "duration": 10 * ms}
    built = experiment.build(EXPERIMENT.complete(given), 1, "reference")
    handle = built.simulation[built.excitatory]
    np.testing.assert_array_equal(handle.sources, np.arange(100))
    np.testing.assert_array_equal(handle.targets, np.repeat([0, 1], 50))
    spikes = built.simulation.record_spikes(built.excitatory.source)
    built.simulation.run(20 * ms)
    counts = spikes.counts().reshape(2, 50).sum(axis=1)
    np.testing.assert_allclose(counts / (50 * 0.02), [100, 5000], atol=120)  # three standard deviations, √(λ·n·T)/(n·T)


@pytest.mark.parametrize(
    "weights, expected",
    [
        (np.linspace(0, 1, 1001), 1.0),
        (np.r_[np.full(30, 0.05), np.full(20, 0.95), np.full(4, 0.5)], 0.2),
        (np.r_[np.full(30, 0.05), np.full(20, 0.95)], 0.0),
    ],
)
def test_the_valley_is_deep_between_two_groups(weights: Any, expected: float) -> None:
    assert experiment.valley(weights) == pytest.approx(expected, abs=0.01)


def test_one_group_is_no_pair_of_groups() -> None:
    rng = np.random.default_rng(1)
    assert experiment.valley(rng.normal(0.5, 0.1, 1000)) > 10
    assert experiment.valley(rng.uniform(0.9, 1, 1000)) == np.inf


def test_the_figure_and_the_dataset_are_complete(glimpse: Result) -> None:
    figure: Any = EXPERIMENT.figure(glimpse)
    labels = {axes.get_ylabel() for axes in figure.axes}
    assert labels == {"Synapses", "Weight / largest", "Output rate (Hz)"}
    figure.savefig(png := io.BytesIO())
    assert len(png.getvalue()) > 20_000
    data = glimpse.dataset()
    assert data["weights"].dims == ("input_rate", "synapse")
    assert all("units" in data[name].attrs for name in data.data_vars)


@pytest.mark.slow
def test_compiled_it_learns_what_the_interpreter_learns(glimpse: Result) -> None:
    compiled = EXPERIMENT.run(GLIMPSE)
    np.testing.assert_array_equal(compiled.values["rates"], glimpse.values["rates"])
    np.testing.assert_allclose(compiled.values["weights"], glimpse.values["weights"], rtol=1e-12, atol=1e-12)


@pytest.mark.slow
def test_the_full_run_passes() -> None:
    result = EXPERIMENT.run()
    assert len(result.checks) == 8
    assert [check for check in result.checks if not check.passed] == []


@pytest.mark.slow
def test_the_start_does_not_matter_for_the_mean_weight() -> None:
    given = {"duration": 1000 * second, "frozen_duration": 1 * second, "rates": [20, 30] * Hz}
    means = [EXPERIMENT.run({**given, "start": start}).values["weights"].mean(axis=1) for start in (1.0, 0.3)]
    np.testing.assert_allclose(*means, rtol=0.05)  # the mean fluctuates by a few per cent


@pytest.mark.slow
def test_with_weak_depression_checks_fail() -> None:
    """Weights stay at the bound, and the output follows the input."""
    result = EXPERIMENT.run({"A_minus": 0.003, "duration": 200 * second, "frozen_duration": 10 * second})
    failed = [check.what.partition(",")[0] for check in experiment.compare(result.values) if not check.passed]
    assert failed[:3] == ["weights between the groups for one in them"] * 3
    assert failed[-2:] == [
        "spread of input rate times mean weight over its mean",
        "what the intervals' least coefficient of variation lacks of 1",
    ]
