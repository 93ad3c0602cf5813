"""The STDP window equals ANNarchy's, in one run and pairing by pairing, on both backends, and faults are seen."""

import io
from typing import Any

import numpy as np
import pytest

import bouton as bt
from bouton.experiments import find
from bouton.experiments import stdp_window as experiment
from bouton.experiments.base import Result
from bouton.experiments.references import largest
from bouton.units import ms


@pytest.fixture(scope="module")
def result() -> Result:
    return find("stdp-window").run()


def test_both_ways_give_annarchys_window(result: Result) -> None:
    assert len(result.checks) == 3
    assert {check.limit for check in result.checks} == {1e-12}
    assert result.passed, result.checks


def test_both_ways_give_the_formula(result: Result) -> None:
    pre = 50 - result.values["lags_ms"]
    formula = np.where(pre <= 49, 0.02 * np.exp(-(49 - pre) / 20), -0.02 * np.exp(-(pre - 50) / 20))
    assert largest(result.values["changes"], formula) <= 1e-12
    assert largest(result.values["one_by_one"], formula) <= 1e-12


def test_the_reference_backend_computes_the_same(result: Result) -> None:
    interpreted = experiment.run(experiment.SETTINGS, backend="reference")
    assert interpreted.passed
    assert largest(interpreted.values["changes"], result.values["changes"]) <= 1e-12


def test_new_spikes_compile_nothing() -> None:
    built = experiment.build({**experiment.SETTINGS, "pre_times": 40 * ms})
    compiled = []
    for time in (40, 60, 45):
        built.simulation.reset()
        built.simulation[built.sources].spikes = bt.SpikeTimes(1, time * ms)
        built.simulation.run(105 * ms)
        compiled.append((built.simulation.timings["compile"], id(built.simulation.program)))
    assert len(set(compiled)) == 1


@pytest.mark.parametrize("factor", [0.5, 3.0])
def test_other_settings_scale_the_window(factor: float, result: Result) -> None:
    other = find("stdp-window").run({"A_plus": 0.01 * factor, "pre_times": np.array([30.0, 70.0]) * ms})
    assert [check.what for check in other.checks] == ["one by one against all at once"]
    assert other.passed
    lags = result.values["lags_ms"]
    expected = [factor * result.values["changes"][lags == 20], result.values["changes"][lags == -20]]
    assert largest(other.values["changes"], np.ravel(expected)) <= 1e-15


@pytest.mark.parametrize(
    "blocks",
    [
        {"on_pre": "x += A_plus*w_max; w = clip(w - y, w_min, w_max)"},  # the postsynaptic trace of the same step
        {"on_pre": "w = clip(w - y(t-dt), w_min, w_max); x += A_minus*w_max", "on_post": "w = clip(w + x, w_min, w_max)"},
        {"on_post": "y += A_minus*w_max; w = clip(w + x(t-dt), w_min, w_max)"},
    ],
)
def test_another_reading_of_the_rule_is_seen(blocks: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    given = {
        "on_pre": "x += A_plus*w_max; w = clip(w - y(t-dt), w_min, w_max)",
        "on_post": "y += A_minus*w_max; w = clip(w + x, w_min, w_max)",
        **blocks,
    }
    planted = bt.SynapseModel(experiment.STDP.text, parameters=experiment.STDP.parameters, name="stdp", **given)
    monkeypatch.setattr(experiment, "STDP", planted)
    result = find("stdp-window").run()
    assert [check.passed for check in result.checks] == [True, False, False]
    assert result.checks[1].deviation > 9e-4


def test_the_figure_and_the_dataset_are_complete(result: Result) -> None:
    figure: Any = find("stdp-window").figure(result)
    (axes,) = figure.axes
    assert "ms" in axes.get_xlabel()
    assert sum(len(line.get_xdata()) for line in axes.lines if line.get_marker() == "o") == 101
    figure.savefig(png := io.BytesIO())
    assert len(png.getvalue()) > 10_000
    assert set(result.dataset().data_vars) == {"changes", "one_by_one"}
