"""The window of Bi & Poo: the formula to rounding on both backends, the fit to the points, faults that are seen."""

import io
from typing import Any

import numpy as np
import pytest
from scipy.optimize import curve_fit

import bouton as bt
from bouton.experiments import bi_poo_window as experiment
from bouton.experiments import find
from bouton.experiments.base import Result
from bouton.experiments.references import largest
from bouton.units import ms, second


@pytest.fixture(scope="module")
def result() -> Result:
    return find("bi-poo-window").run()


def test_every_check_passes(result: Result) -> None:
    assert len(result.checks) == 4 + 1 + 2
    assert result.passed, result.checks


def test_one_pair_is_the_exponential(result: Result) -> None:
    """By the numbers themselves: 16.8 and 33.7 ms, and amplitudes that a general fit finds too."""
    lags = result.values["lags_ms"]
    up = np.array([(experiment.LAGS > 0) * np.exp(-np.abs(experiment.LAGS) / 16.8)])[0]
    down = np.array([(experiment.LAGS < -4.5) * np.exp(-np.abs(experiment.LAGS) / 33.7)])[0]
    plus, minus = (float(each @ experiment.CHANGES / (each @ each)) / 100 * 0.5 / 60 for each in (up, down))
    meant = np.where(lags > 0, plus * np.exp(-lags / 16.8), minus * np.exp(lags / 33.7))
    assert 0.005 < plus < 0.007
    assert -0.003 < minus < -0.002
    for found in result.values["single"].values():
        np.testing.assert_allclose(found, meant, rtol=1e-11)


@pytest.mark.parametrize("after", [True, False])
def test_the_fit_is_that_of_a_general_solver(after: bool) -> None:
    chosen = experiment.LAGS > 0 if after else experiment.LAGS < -4.5
    ages, changes = np.abs(experiment.LAGS[chosen]), experiment.CHANGES[chosen] / 100
    (amplitude, tau), covariance = curve_fit(lambda t, a, b: a * np.exp(-t / b), ages, changes, p0=(changes.mean(), 20.0))
    found = experiment.fit(after)
    np.testing.assert_allclose(found, (amplitude, tau, np.sqrt(covariance[1, 1])), rtol=5e-3)  # τ on a grid of 0.05 ms


def test_the_reference_backend_computes_the_same(result: Result) -> None:
    made = experiment.rule(experiment.SETTINGS)
    interpreted = experiment.window(experiment.SETTINGS, made, 1, "reference")
    assert largest(interpreted, result.values["single"]["all_to_all"]) <= 1e-15


@pytest.mark.parametrize("given", [{"tau_plus": 17 * ms}, {"tau_minus": 33 * ms}])
def test_another_time_constant_is_seen(given: dict[str, Any]) -> None:
    settings = {**experiment.SETTINGS, **given}
    found = experiment.window(settings, experiment.rule(settings), 1, "cpu")
    expected = experiment.formula(experiment.SETTINGS, experiment.rule(experiment.SETTINGS))
    assert largest(found, expected) > 1e-6
    assert largest(found, experiment.formula(settings, experiment.rule(settings))) < 1e-15


def test_dependence_on_the_weight_is_seen() -> None:
    """A multiplicative rule is another window."""
    given = experiment.rule(experiment.SETTINGS).parameters
    other = bt.rules.PairSTDP(dependence="multiplicative", **given)
    found = experiment.window(experiment.SETTINGS, other, 1, "cpu")
    assert largest(found, experiment.formula(experiment.SETTINGS, other)) > 1e-3


def test_the_main_simulation_is_at_its_start() -> None:
    assert find("bi-poo-window").simulation(experiment.SETTINGS, 0).t == 0 * second


def test_the_figure_and_the_dataset_are_complete(result: Result) -> None:
    figure: Any = find("bi-poo-window").figure(result)
    (axes,) = figure.axes
    assert "ms" in axes.get_xlabel()
    figure.savefig(png := io.BytesIO())
    assert len(png.getvalue()) > 15_000
    assert {"relative", "measured", "single_all_to_all"} <= set(result.dataset().data_vars)
