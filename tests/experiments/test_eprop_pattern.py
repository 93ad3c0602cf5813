"""Pattern generation by e-prop against NEST's trials, and the two backends against each other."""

from typing import Any

import numpy as np
import pytest

from bouton.experiments import Result, find
from bouton.experiments.eprop_pattern import SETTINGS, STEPS, build, compare
from bouton.experiments.references import load
from bouton.units import ms

EXPERIMENT = find("eprop-pattern")


@pytest.fixture(scope="module")
def result() -> Result:
    return EXPERIMENT.run({"trials": 3})


def test_first_trials_are_those_of_nest(result: Result) -> None:
    """The weights change twice, by what each of 20 000 synapses has gathered."""
    (check,) = result.checks
    assert check.deviation < 1e-12
    losses = load("nest_eprop_pattern")["loss"]
    assert np.abs(np.diff(losses[:3]) / losses[:2]).min() > 1e-3


def test_a_loss_that_does_not_fall_does_not_pass() -> None:
    losses = np.array(load("nest_eprop_pattern")["loss"])
    assert [check.passed for check in compare(losses)] == [True, True]
    assert [check.passed for check in compare(np.full(len(losses), losses[0]))] == [False, False]


def test_figure_and_dataset(result: Result) -> None:
    assert {axes.get_ylabel() for axes in EXPERIMENT.figure(result).axes} >= {"Readout", "Neuron, last trial"}
    data = result.dataset()
    assert data["readout"].shape == (3, STEPS)
    assert data["time"].attrs["units"] == "ms"


def test_changed_settings_are_not_compared() -> None:
    assert EXPERIMENT.run({"trials": 1, "eta": 0.0}).checks == ()


@pytest.mark.slow
def test_reference_backend_agrees_over_the_first_steps() -> None:
    found: list[Any] = []
    for backend in ("cpu", "reference"):
        built = build({**SETTINGS, "trials": 1}, backend=backend)
        y, spikes = built.simulation.record(built.readout, "y"), built.simulation.record_spikes(built.neurons)
        built.simulation.run(40 * ms)
        found.append((y.to_xarray().values, spikes.steps, spikes.indices))
    (y, *spikes), (expected, *meant) = found
    np.testing.assert_allclose(y, expected, rtol=1e-12, atol=1e-15)
    for ours, theirs in zip(spikes, meant, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert len(spikes[0]) > 20


@pytest.mark.slow
def test_all_trials_are_those_of_nest_and_it_learns() -> None:
    result = EXPERIMENT.run()
    assert len(result.checks) == 2
    assert [c for c in result.checks if not c.passed] == []
