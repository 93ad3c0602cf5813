"""The triplet rule at Sjöström's frequencies: sums over spikes, the paper's error and its rounding, faults that are seen."""

import io
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import bouton as bt
from bouton.experiments import find
from bouton.experiments import frequency_dependence as experiment
from bouton.experiments.base import Result
from bouton.experiments.references import largest
from bouton.units import ms, second

SHORT = {"pairings": 6, "periods": np.array([20.0, 45.0, 100.0]) * ms}


@pytest.fixture(scope="module")
def result() -> Result:
    return find("frequency-dependence").run()


def sums(period: float, lag: float, pairings: int, name: str) -> NDArray[np.float64]:
    """What A2_plus, A3_plus, A2_minus and A3_minus are multiplied by: sums over pairs and triplets of spikes."""
    p: Any = bt.rules.TripletSTDP.sets[name]
    tau_x, tau_y = (p[each].to("ms").magnitude if each in p else 1.0 for each in ("tau_x", "tau_y"))
    pre = np.arange(pairings) * period
    post = pre + lag

    def traces(at: NDArray[Any], spikes: NDArray[Any], tau: float) -> NDArray[np.float64]:
        ages = np.subtract.outer(at, spikes)
        kernel = np.where(ages > 0, np.exp(-np.maximum(ages, 0) / tau), 0.0)
        summed: NDArray[np.float64] = kernel.sum(1) if p["pairing"] == "all_to_all" else kernel.max(1)
        return summed

    r1, o2 = traces(post, pre, 16.8), traces(post, post, tau_y)
    o1, r2 = traces(pre, post, 33.7), traces(pre, pre, tau_x)
    return np.array([r1.sum(), (r1 * o2).sum(), -o1.sum(), -(o1 * r2).sum()])


def amplitudes(name: str) -> NDArray[np.float64]:
    p: Any = bt.rules.TripletSTDP.sets[name]
    return np.array([p[each] for each in ("A2_plus", "A3_plus", "A2_minus", "A3_minus")])


def test_every_check_passes(result: Result) -> None:
    assert len(result.checks) == 4
    assert result.passed, result.checks


@pytest.mark.parametrize("name", experiment.SETS)
def test_the_lines_are_sums_over_spikes(name: str, result: Result) -> None:
    periods = experiment.SETTINGS["periods"].to(ms).magnitude
    meant = [[sums(period, lag, 60, name) @ amplitudes(name) for period in periods] for lag in (10, -10)]
    np.testing.assert_allclose(result.values["lines"][name], meant, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", experiment.SETS)
def test_the_error_is_the_papers_as_far_as_digits_go(name: str, result: Result) -> None:
    """Measured values and standard errors are rounded to 0.01: E of the paper is among those that are possible."""
    found = result.values["found"][name]
    away, error = np.abs(found["change"] - found["measured"]).to_numpy(), found["error"].to_numpy()
    least = float(((np.maximum(away - 0.005, 0) / (error + 0.005)) ** 2).mean())
    most = float((((away + 0.005) / (error - 0.005)) ** 2).mean())
    assert least < experiment.ERROR < most
    assert most - least < 0.2
    assert result.values["errors"][name] == pytest.approx(float(((away / error) ** 2).mean()), rel=1e-12)


def test_no_pair_rule_is_better(result: Result) -> None:
    """Around the fitted amplitudes E rises in each direction."""
    data = result.values["found"]["pair_nearest"]
    best = experiment.best_pair_rule("nearest", {}).parameters
    y, s = data["measured"].to_numpy().ravel(), data["error"].to_numpy().ravel()
    name = "visual_cortex_minimal_nearest"
    basis = np.array([sums(1000 / rate, lag, 60, name) for lag in (10, -10) for rate in data["rate"].to_numpy()])
    for up, down in ((1.1, 1), (0.9, 1), (1, 1.1), (1, 0.9)):
        a = np.array([best["A2_plus"] * up, 0, best["A2_minus"] * down, 0])
        assert float((((basis @ a - y) / s) ** 2).mean()) > result.values["errors"]["pair_nearest"]


@pytest.mark.parametrize("given", [{"tau_y": 60 * ms}, {"A3_plus": 5.5e-3}, {"pairing": "nearest"}])
def test_a_planted_fault_is_seen(given: dict[str, Any]) -> None:
    found = bt.protocols.frequency(bt.rules.TripletSTDP(experiment.SETS[0], **given), dt=5 * ms)
    assert abs(found.attrs["score"] - experiment.ERROR) > 0.02


def test_the_reference_backend_computes_the_same() -> None:
    given = {**experiment.SETTINGS, **SHORT}
    rule = bt.rules.TripletSTDP(experiment.SETS[0])
    (compiled, _), (interpreted, _) = (experiment.line(rule, given, 0, backend) for backend in ("cpu", "reference"))
    assert largest(interpreted, compiled) <= 1e-12
    assert (np.abs(compiled) > 1e-3).all()


def test_the_main_simulation_is_at_its_start() -> None:
    assert find("frequency-dependence").simulation(experiment.SETTINGS, 0).t == 0 * second


def test_the_figure_and_the_dataset_are_complete(result: Result) -> None:
    figure: Any = find("frequency-dependence").figure(result)
    assert "Frequency of pairings (Hz)" in {axes.get_xlabel() for axes in figure.axes}
    figure.savefig(png := io.BytesIO())
    assert len(png.getvalue()) > 20_000
    assert {"change", "measured", "error", "E"} <= set(result.dataset().data_vars)
