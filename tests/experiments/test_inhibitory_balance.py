"""Inhibition comes to match excitation: a glimpse by the interpreter, a short run and the full one; faults are seen."""

import io
from typing import Any

import numpy as np
import pytest

from bouton.experiments import find
from bouton.experiments import inhibitory_balance as experiment
from bouton.experiments.base import Result
from bouton.units import Hz, ms, nS, second

EXPERIMENT = find("inhibitory-balance")
GLIMPSE = {"learning": 10 * ms, "measuring": 2 * ms, "eta": 0.1, "neurons": 60, "network_learning": 2 * ms}
SHORT = {"learning": 10 * second, "measuring": 2 * second, "eta": 0.01, "neurons": 500, "network_learning": 4 * second}


@pytest.fixture(scope="module")
def glimpse() -> Result:
    return experiment.run(EXPERIMENT.complete(GLIMPSE), 1, "reference")


@pytest.fixture(scope="module")
def short() -> Result:
    return EXPERIMENT.run(SHORT)


def test_each_part_runs_in_the_interpreter(glimpse: Result) -> None:
    assert glimpse.checks == ()  # its settings are not those of the experiment
    weights = glimpse.values["weights"]
    assert weights.shape == (100, 8)
    assert np.ptp(weights[-1]) > 0
    assert glimpse.values["after"]["I_I"].sum() != glimpse.values["before"]["I_I"].sum()


def test_probes_hold_the_conductances_of_the_neuron() -> None:
    built = experiment.build(EXPERIMENT.complete({}), 2, "reference", frozen=np.linspace(0, 1, 200))
    built.simulation.run(5 * ms)
    for name in ("g_E", "g_I"):
        parts, whole = (getattr(built.simulation[which], name).magnitude for which in (built.probes, built.cell))
        assert parts.max() > 0
        np.testing.assert_allclose(parts.sum(), whole, rtol=1e-12)


def test_the_figure_and_the_dataset_are_complete(glimpse: Result) -> None:
    figure: Any = EXPERIMENT.figure(glimpse)
    labels = [axes.get_ylabel() for axes in figure.axes]
    assert labels == [*["Mean current (pA)"] * 2, "Mean inhibitory weight", *["Rate (Hz)"] * 2, "Neurons"]
    figure.savefig(png := io.BytesIO())
    assert len(png.getvalue()) > 20_000
    data = glimpse.dataset()
    assert data.sizes["neuron"] == 48
    assert all("units" in data[name].attrs for name in data.data_vars)


@pytest.mark.slow
def test_ten_seconds_of_fast_learning_tune_inhibition_and_lower_the_rate(short: Result) -> None:
    before, after = short.values["before"], short.values["after"]
    assert np.ptp(before["I_I"]) < 0.1 * before["I_E"].max()
    assert np.corrcoef(short.values["tuning"], short.values["weights"][-1])[0, 1] > 0.9
    assert after["rate"] < 0.2 * before["rate"]
    edges, rate = short.values["network"]["rate"]
    assert edges[-1] == pytest.approx(4)
    assert rate[-10:].mean() < 0.5 * rate[0]


@pytest.mark.slow
def test_compiled_it_learns_what_the_interpreter_learns() -> None:
    found = {}
    for backend in ("cpu", "reference"):
        built = experiment.build(EXPERIMENT.complete({}), 3, backend)
        spikes = built.simulation.record_spikes(built.cell)
        built.simulation.run(40 * ms)
        found[backend] = spikes.steps, built.simulation[built.inhibitory].w.magnitude
    np.testing.assert_array_equal(*(steps for steps, _ in found.values()))
    assert len(found["cpu"][0]) > 2
    np.testing.assert_allclose(*(weights for _, weights in found.values()), rtol=1e-12)


@pytest.mark.slow
def test_afferents_fire_at_the_rate_of_their_signal() -> None:
    built = experiment.build(EXPERIMENT.complete({}), 1)
    signals, afferents = (facts.population for facts in built.simulation.facts.populations[:2])
    recorded: Any = built.simulation.record(signals, "rate")
    spikes = built.simulation.record_spikes(afferents)
    built.simulation.run(5 * second)
    rates = recorded.values.to(Hz).magnitude
    expected = (rates / (1 + rates * 0.005)).mean(axis=0)  # dead for 5 ms after each spike
    found = [spikes.rate().magnitude[channel == experiment.GROUP].mean() for channel in range(experiment.CHANNELS)]
    np.testing.assert_allclose(found, expected, rtol=0.05)  # 125 trains of 5 s: 1 %, and what dead time makes of changes


@pytest.mark.slow
def test_without_learning_checks_fail() -> None:
    result = EXPERIMENT.run({**SHORT, "eta": 1e-7, "network_eta": 1e-5 * nS})
    passed = {check.what: check.passed for check in experiment.compare({**result.values, "settings": experiment.SETTINGS})}
    assert [what for what, right in passed.items() if right] == ["network: spread (SD) of the neurons' rates (Hz)"]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_the_full_run_passes(seed: int) -> None:
    result = EXPERIMENT.run(seed=seed)
    assert len(result.checks) == 8
    assert [check for check in result.checks if not check.passed] == []
