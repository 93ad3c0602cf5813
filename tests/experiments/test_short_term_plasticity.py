"""Short-term plasticity equals Norse's arrays and its closed form, on both backends, and faults are seen."""

import io
from typing import Any

import numpy as np
import pytest

import bouton as bt
from bouton.experiments import find
from bouton.experiments import short_term_plasticity as experiment
from bouton.experiments.base import Result
from bouton.experiments.references import largest, load
from bouton.units import ms

ARRAYS = [f"{scheme}_{name}" for scheme in ("euler", "exact") for name in ("x", "u", "current")]


@pytest.fixture(scope="module")
def result() -> Result:
    return find("short-term-plasticity").run()


def test_every_array_is_norses_and_the_exact_ones_their_closed_form(result: Result) -> None:
    assert len(result.checks) == 3 * 3 + 3
    assert {check.limit for check in result.checks} == {1e-12}
    assert result.passed, result.checks


def test_the_settings_are_those_of_the_reference() -> None:
    norse, settings = load("norse_stp"), experiment.SETTINGS
    for i, name in enumerate(experiment.SETS):
        rates = [1 / settings[tau][i].to("second").magnitude for tau in ("tau_f", "tau_s", "tau_d")]
        np.testing.assert_allclose([*rates, settings["U"][i]], norse[f"{name}_params"], rtol=1e-15)
    np.testing.assert_array_equal(settings["spikes"].to(ms).magnitude, np.flatnonzero(norse["z"]))


def test_the_reference_backend_computes_the_same(result: Result) -> None:
    interpreted = experiment.run(experiment.SETTINGS, backend="reference")
    assert interpreted.passed
    assert max(largest(interpreted.values[name], result.values[name]) for name in ARRAYS) <= 1e-12


@pytest.mark.parametrize("seed", range(5))
def test_the_exact_scheme_equals_its_closed_form_for_other_parameters(seed: int) -> None:
    rng = np.random.default_rng(seed)
    given = {
        "U": rng.uniform(0.05, 0.9, 3),
        **{name: rng.uniform(5, 800, 3) * ms for name in ("tau_f", "tau_d", "tau_s")},
        "spikes": np.sort(rng.choice(1000, 40, replace=False)) * ms,
    }
    result = find("short-term-plasticity").run(given)
    assert len(result.checks) == 3  # Norse's arrays belong to the default settings
    assert result.passed, result.checks


def test_a_setting_may_be_one_for_all() -> None:
    result = find("short-term-plasticity").run({"U": 0.3, "tau_f": 40 * ms})
    assert result.passed
    assert largest(result.values["exact_u"][:, 0], result.values["exact_u"][:, 1]) == 0.0


def test_eulers_error_shrinks_with_the_step() -> None:
    errors = []
    for dt in (1.0, 0.5, 0.25):
        values = find("short-term-plasticity").run({"dt": dt * ms}).values
        errors.append(largest(values["euler_u"], values["exact_u"]))
    np.testing.assert_allclose(np.divide(errors[:-1], errors[1:]), 2.0, rtol=0.05)


@pytest.mark.parametrize(
    "on_pre",
    [
        "u += U*(1 - u); r = u*x; x -= r; target += r",  # a spike sees u and x of its own step
        "r = u*x(t-dt); u += U*(1 - u(t-dt)); x -= r; target += r",  # the release uses u before its jump
    ],
)
def test_another_reading_of_norse_is_seen(on_pre: str, monkeypatch: pytest.MonkeyPatch) -> None:
    planted = bt.SynapseModel(experiment.SYNAPSE, on_pre=on_pre, method="euler", name="norse")
    monkeypatch.setattr(experiment, "NORSE", planted)
    result = find("short-term-plasticity").run()
    assert max(check.deviation for check in result.checks) > 1e-3
    assert not result.passed


def test_the_figure_and_the_dataset_are_complete(result: Result) -> None:
    figure: Any = find("short-term-plasticity").figure(result)
    labels = {axes.get_xlabel() for axes in figure.axes} | {axes.get_ylabel() for axes in figure.axes}
    assert {"Time (ms)", "Fraction", "Current $I$", "Euler − exact\n($10^{-3}$)"} <= labels
    figure.savefig(png := io.BytesIO())
    assert len(png.getvalue()) > 20_000
    assert set(ARRAYS) <= set(result.dataset().data_vars)
