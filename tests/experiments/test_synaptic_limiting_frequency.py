"""Dynamic synapses: releases against the map and against exact moments, the frequencies they name, faults that are seen."""

import io
from math import exp
from typing import Any

import numpy as np
import pytest

from bouton.experiments import find
from bouton.experiments import synaptic_limiting_frequency as experiment
from bouton.experiments.base import Result
from bouton.units import Hz, ms, second

FACILITATING = experiment.synapse(experiment.SETTINGS, "facilitating")
DEPRESSING = experiment.synapse(experiment.SETTINGS, "depressing")


@pytest.fixture(scope="module")
def result() -> Result:
    return find("synaptic-limiting-frequency").run({"copies": 100})


def test_every_check_passes(result: Result) -> None:
    assert len(result.checks) == 2 * 4 + 6
    assert result.passed, result.checks


@pytest.mark.parametrize("of", [DEPRESSING, FACILITATING])
@pytest.mark.parametrize("rate", [3.0, 20.0])
def test_the_fixed_point_is_where_the_map_goes(of: experiment.Synapse, rate: float) -> None:
    u, x = of.U, 1.0
    for _ in range(500):
        x = 1 - (1 - x + x * u) * exp(-1 / (rate * of.rec))
        u = of.U + (1 - of.U) * u * (exp(-1 / (rate * of.fac)) if of.fac else 0.0)
    np.testing.assert_allclose(experiment.regular(of, np.array([rate])), [u * x], rtol=1e-12)


@pytest.mark.parametrize("dt", [0.0, 0.002])
def test_the_moments_are_those_of_drawn_intervals(dt: float) -> None:
    """A million intervals from spike to spike."""
    rng, rate, of = np.random.default_rng(4), 20.0, FACILITATING
    size = (1100, 1000)
    gaps = rng.geometric(rate * dt, size) * dt if dt else rng.exponential(1 / rate, size)
    u, x, means = np.full(size[1], of.U), np.ones(size[1]), []
    for gap in gaps:
        means.append((u * x).mean())
        x = 1 - (1 - x + x * u) * np.exp(-gap / of.rec)
        u = of.U + (1 - of.U) * u * np.exp(-gap / of.fac)
    found, exact = np.array(means[100:]), experiment.poisson(of, np.array([rate]), dt)
    assert abs(found.mean() - exact[0]) < 4 * found.std() / np.sqrt(len(found) / 30)  # neighbours are alike for some 30 spikes
    assert abs(experiment.mean_field(of, np.array([rate]))[0] / exact[0] - 1) > 0.015


def test_for_depression_the_mean_field_is_exact() -> None:
    rates = np.array([0.3, 2.5, 40.0])
    np.testing.assert_allclose(experiment.poisson(DEPRESSING, rates), experiment.mean_field(DEPRESSING, rates), rtol=1e-12)
    np.testing.assert_allclose(experiment.mean_field(DEPRESSING, np.array([2.5])), [0.25], rtol=1e-12)


def test_where_the_peaks_are() -> None:
    """With u before a spike raises it, the mean field's peak is at 1/√(U τ_rec τ_fac)."""
    rates = np.arange(10.0, 40.0, 0.01)
    U, rec, fac = FACILITATING
    before = U * fac * rates / (1 + U * fac * rates)
    assert rates[(before / (1 + before * rec * rates)).argmax()] == pytest.approx(1 / np.sqrt(U * rec * fac), abs=0.011)
    assert 1 / np.sqrt(U * rec * fac) == pytest.approx(22.0, abs=0.01)
    assert rates[experiment.mean_field(FACILITATING, rates).argmax()] == pytest.approx(19.78, abs=0.011)
    assert rates[experiment.regular(FACILITATING, rates).argmax()] == pytest.approx(20.82, abs=0.011)


@pytest.mark.parametrize("given", [{"tau_fac": np.array([0.0, 480.0]) * ms}, {"U": np.array([0.55, 0.033])}])
def test_a_planted_fault_is_seen(given: dict[str, Any], result: Result) -> None:
    """Other parameters are another curve, regular and Poisson."""
    of = experiment.synapse({**experiment.SETTINGS, **given}, "facilitating")
    found, rates = result.values["facilitating_regular"], result.values["regular_rates"]
    assert np.abs(found - experiment.regular(of, rates)).max() > 1e-3
    away = (result.values["facilitating_poisson"] - experiment.poisson(of, result.values["rates"])) / result.values[
        "facilitating_error"
    ]
    assert (away**2).mean() > 10


def test_the_reference_backend_computes_the_same() -> None:
    given = {
        **experiment.SETTINGS, "rates": np.array([30.0, 60.0]) * Hz, "periods": np.array([20.0, 50.0]) * ms, "copies": 8,
        "settle": 0.1 * second, "duration": 0.3 * second,
    }  # fmt: skip
    compiled, interpreted = (experiment.run(given, 2, backend).values for backend in ("cpu", "reference"))
    for name in ("facilitating_regular", "depressing_regular"):
        np.testing.assert_allclose(interpreted[name], compiled[name], rtol=1e-12)
    np.testing.assert_allclose(interpreted["facilitating_poisson"], compiled["facilitating_poisson"], rtol=1e-12)


def test_the_main_simulation_is_at_its_start() -> None:
    assert find("synaptic-limiting-frequency").simulation({**experiment.SETTINGS, "copies": 1}, 0).t == 0 * second


@pytest.mark.slow
def test_with_all_copies() -> None:
    result = find("synaptic-limiting-frequency").run(seed=3)
    assert result.passed, result.checks


def test_the_figure_and_the_dataset_are_complete(result: Result) -> None:
    figure: Any = find("synaptic-limiting-frequency").figure(result)
    assert {axes.get_xlabel() for axes in figure.axes} == {"Rate (Hz)"}
    figure.savefig(png := io.BytesIO())
    assert len(png.getvalue()) > 20_000
    assert {"facilitating_regular", "depressing_poisson"} <= set(result.dataset().data_vars)
