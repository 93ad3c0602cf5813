"""Voltage-based plasticity equals the authors' program, transcribed as a loop, on both backends, and faults are seen."""

import io
from math import exp
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bouton.experiments import find
from bouton.experiments import voltage_plasticity as experiment
from bouton.experiments.base import Result
from bouton.experiments.references import largest
from bouton.units import Hz, ms, pA, second

SHORT = {"rates": [20, 50] * Hz, "groups": (3, 3), "interval": 1 * second}


@pytest.fixture(scope="module")
def result() -> Result:
    return find("voltage-plasticity").run()


def program(rate: int, lag: int, groups: int, interval: int, delay: int = 3, b: float = 0.0805) -> float:
    """What ``VoTri.m`` and ``aEIF.m`` do in each millisecond; the weight in per cent of the first one."""
    period, gap = round(1000 / rate), abs(lag)
    length = 5 * period + gap + 1
    block = max(length, interval)
    pre = {group * block + t for group in range(groups) for t in range(gap, length - 1, period)}
    post = {group * block + t for group in range(groups) for t in range(gap + lag, length, period)}
    v, w_ad, z, threshold, since, trace, weight = -70.6, 0.0, 0.0, -50.4, 0, 0.0, 0.5
    low, high = [-70.6] * 4, [-70.6] * 4
    for t in range(3, groups * block):
        if since == 2:
            v, w_ad, z, threshold = -49.5016, w_ad + b, 400.0, -30.4
            since = 0
        leak = -30.0 * (v + 70.6) + 60.0 * exp((v - threshold) / 2) - w_ad + z
        adapted = w_ad + (4.0 * (v + 70.6) - w_ad) / 144 if since != 1 else w_ad
        v, z, threshold, w_ad = v + leak / 281, z * (1 - 1 / 40), threshold + (-50.4 - threshold) / 50, adapted
        if since == 1:
            v, since = 32.862, 2
        elif t in post:
            v, since = 29.4, 1
        if t in pre:
            weight -= 14e-5 * max(low[t - delay] + 70.6, 0)
        weight += 8e-5 * max(v + 45.3, 0) * trace * max(high[t - delay] + 70.6, 0)
        low.append(low[t] + (v - low[t]) / 10)
        high.append(high[t] + (v - high[t]) / 7)
        trace += ((t in pre) - trace) / 15
    return 200 * weight


def programs(delay: int = 3, b: float = 0.0805) -> NDArray[np.float64]:
    return np.array([[program(rate, lag, 3, 1000, delay, b) for rate in (20, 50)] for lag in (10, -10)])


def test_every_check_passes(result: Result) -> None:
    assert len(result.checks) == 4
    assert result.passed, result.checks


@pytest.mark.parametrize("delay, b", [(3, 0.0805), (1, 0.0805), (3, 80.5)])
def test_it_is_the_program_step_by_step(delay: int, b: float) -> None:
    given = {**experiment.SETTINGS, **SHORT, "delay": delay * ms, "b": b * pA}
    found, _ = experiment.final(given)
    np.testing.assert_allclose(found, programs(delay, b), rtol=1e-11)
    assert np.abs(found - 100).min() > 0.4


def test_the_reference_backend_computes_the_same() -> None:
    given = {**experiment.SETTINGS, "rates": [50] * Hz, "groups": (1,), "interval": 0.2 * second}
    (compiled, _), (interpreted, _) = (experiment.final(given, backend=backend) for backend in ("cpu", "reference"))
    assert largest(interpreted, compiled) <= 1e-11


def test_the_full_program(result: Result) -> None:
    """The numbers that the experiment is held to are those of the loop; the slowest protocol is left out."""
    loop = [[program(rate, lag, 15, 10_000) for rate in (10, 50)] for lag in (10, -10)]
    np.testing.assert_allclose(result.values["weights"][:, [1, 4]], loop, rtol=1e-10)
    np.testing.assert_allclose(np.round(loop, 1), experiment.PROGRAM[:, [1, 4]], rtol=1e-15)


@pytest.mark.parametrize("given", [{"delay": 2 * ms}, {"b": 80.5 * pA}, {"euler_trace": False}, {"tau_plus": 10 * ms}])
def test_a_planted_fault_is_seen(given: dict[str, Any]) -> None:
    """Each moves the weight at 50 Hz by more than two points."""
    found, _ = experiment.final({**experiment.SETTINGS, **given, "rates": [50] * Hz, "groups": (15,)})
    assert largest(found[0], experiment.PROGRAM[0, 4:]) > 2


def test_the_order_of_spikes_decides_below_35_hz_only(result: Result) -> None:
    after, before = result.values["weights"]
    assert (after[:3] > before[:3] + 25).all()
    assert before[4] > after[4]


def test_the_main_simulation_is_at_its_start() -> None:
    assert find("voltage-plasticity").simulation(experiment.SETTINGS, 0).t == 0 * second


def test_the_figure_and_the_dataset_are_complete(result: Result) -> None:
    figure: Any = find("voltage-plasticity").figure(result)
    labels = {axes.get_xlabel() for axes in figure.axes} | {axes.get_ylabel() for axes in figure.axes}
    assert {"Time (ms)", "Voltage (mV)", "Frequency of pairings (Hz)"} <= labels
    figure.savefig(png := io.BytesIO())
    assert len(png.getvalue()) > 20_000
    assert set(result.dataset().data_vars) == {"weights", "exact"}
    assert isinstance(result.values["burst"]["v"].values, type(1 * ms))


def test_the_rule_has_the_numbers_of_the_paper() -> None:
    given = experiment.rule({**experiment.SETTINGS, "euler_trace": False}).parameters
    assert float(given["A_LTD"].to("1/mV").magnitude) == pytest.approx(0.00014, rel=1e-15)
    assert float(given["A_LTP"].to("1/mV**2").magnitude) == pytest.approx(0.00008, rel=1e-15)
