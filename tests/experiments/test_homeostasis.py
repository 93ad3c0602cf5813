"""Spike-based homeostasis against Brian2's run, and the two backends against each other."""

from typing import Any

import numpy as np
import pytest

from bouton.experiments import Result, find
from bouton.experiments.homeostasis import BRIAN2, SETTINGS, build, compare_replayed
from bouton.units import Hz, Quantity, ms, second

EXPERIMENT = find("homeostasis")


@pytest.fixture(scope="module")
def result() -> Result:
    return EXPERIMENT.run()


def test_default_settings_reproduce_brian2(result: Result) -> None:
    assert len(result.checks) == 4 + 2 + 8
    assert [c for c in result.checks if not c.passed] == []


def test_homeostasis_brings_rates_together(result: Result) -> None:
    free = {which: rates.mean(axis=1) for which, rates in result.values["free"].items()}
    assert np.ptp(free["with"]) < 12 < np.ptp(free["without"])


def test_changed_settings_are_not_compared_but_other_numbers_of_copies_are() -> None:
    assert EXPERIMENT.run({"dw_minus": 0.1, "varying_rates": [25] * Hz, "block": 1 * second, "copies": 2}).checks == ()
    checks = EXPERIMENT.run({"copies": 2}).checks
    assert len(checks) == 14
    assert checks[6].limit == pytest.approx(3 * 2.08 * (1 / 2 + 1 / 200) ** 0.5 + 0.05)


def test_rate_follows_the_ratio_of_the_increments() -> None:
    settings = EXPERIMENT.complete({"dw_minus": 0.1, "varying_rates": [0] * Hz, "copies": 20})
    built = build(settings)
    spikes = built.simulation.record_spikes(built.neurons["with"])
    built.simulation.run(20 * second)
    assert spikes.rate(5 * second, 20 * second).magnitude.mean() == pytest.approx(25, abs=1.5)


def test_figure_and_dataset(result: Result) -> None:
    axes = EXPERIMENT.figure(result).axes
    assert [a.get_ylabel() for a in axes] == ["Plastic weight $w$", "Mean rate (Hz)", "Stimulus (Hz)", "Firing rate (Hz)"]
    data = result.dataset()
    assert data.sizes["spike_with"] == 2009
    assert data.sizes["spike_without"] == 1064
    assert data["free_rate_with"].dims == ("block", "copy")
    assert all("units" in data[name].attrs for name in data.data_vars if name != "free_w_object")


def run_on(backend: str, duration: Quantity, settings: Any, *, replay: bool) -> dict[str, Any]:
    built = build(EXPERIMENT.complete(settings), 7, backend, replay=replay)
    recorded: dict[str, Any] = {
        "v": built.simulation.record(built.neurons["with"], "v", when="start"),
        "w": built.simulation.record(built.plastic, "w", when="start"),
        "replayed": {which: built.simulation.record_rate(neurons) for which, neurons in built.neurons.items()},
    }
    spikes = {which: built.simulation.record_spikes(neurons) for which, neurons in built.neurons.items()}
    built.simulation.run(duration)
    return {**recorded, "spikes": spikes}


def agree(ours: dict[str, Any], reference: dict[str, Any]) -> None:
    for which in BRIAN2:
        np.testing.assert_array_equal(ours["spikes"][which].steps, reference["spikes"][which].steps)
        np.testing.assert_array_equal(ours["spikes"][which].indices, reference["spikes"][which].indices)
        assert len(reference["spikes"][which]) > 0
    for name in ("v", "w"):
        np.testing.assert_allclose(ours[name].values.magnitude, reference[name].values.magnitude, rtol=1e-12, atol=1e-12)


def test_reference_backend_replays_the_first_second() -> None:
    runs = [run_on(backend, 1 * second, {}, replay=True) for backend in ("cpu", "reference")]
    agree(*runs)
    assert [c for c in compare_replayed(runs[1]) if not c.passed] == []


def test_reference_backend_draws_the_same_copies() -> None:
    agree(*(run_on(backend, 400 * ms, {"copies": 3}, replay=False) for backend in ("cpu", "reference")))


@pytest.mark.slow
def test_reference_backend_replays_all() -> None:
    duration = len(SETTINGS["varying_rates"]) * SETTINGS["block"]
    runs = [run_on(backend, duration, {}, replay=True) for backend in ("cpu", "reference")]
    agree(*runs)
    assert [c for c in compare_replayed(runs[1]) if not c.passed] == []
