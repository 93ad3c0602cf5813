"""The theory, the measures and the drive on what is known; a glimpse by the interpreter, and the full run."""

import io
from typing import Any

import numpy as np
import pytest

import bouton as bt
from bouton.experiments import find
from bouton.experiments import power_law_stdp as experiment
from bouton.experiments.base import Result
from bouton.units import Hz, ms, pA, second

EXPERIMENT = find("power-law-stdp")
GLIMPSE = {"duration": 60 * ms, "assessed": 40 * ms, "excitatory": 60, "inputs": 8}


@pytest.fixture(scope="module")
def glimpse() -> Result:
    return experiment.run(EXPERIMENT.complete(GLIMPSE), 1, "reference")


class Spikes:
    """As much of a recording as `synchrony` asks for."""

    def __init__(self, times: Any, indices: Any) -> None:
        self.times, self.indices = times * ms, indices


def test_the_interpreter_runs(glimpse: Result) -> None:
    assert glimpse.checks == ()  # its settings are not those of the experiment
    assert glimpse.values["last"].shape == (480,)
    assert np.abs(glimpse.values["last"] - glimpse.values["first"]).max() > 0.1
    assert glimpse.values["rates"].mean() > 1


def test_at_the_equilibrium_pairs_cancel_and_the_epsp_is_that_of_the_benchmark() -> None:
    settings = EXPERIMENT.complete({})
    mean, sd = experiment.equilibrium(settings)
    up, down = 0.1 * mean**0.4 * 15, 0.1 * 0.0513 * mean * 30  # what pairs of all lags add and take
    assert up == pytest.approx(down, rel=1e-12)
    assert (mean, sd) == (pytest.approx(44.5, abs=0.05), pytest.approx(3.57, abs=0.01))
    network = bt.Network()
    cell = network.add(bt.Population(1, experiment.NEURON, A=settings["J"]))
    simulation = bt.Simulation(network, 0.01 * ms, backend="reference")
    potential = simulation.record(cell, "v")
    simulation.run(4 * ms)
    assert np.asarray(potential.values.magnitude).max() == pytest.approx(0.14, abs=1e-4)


def test_the_drive_replaces_what_is_not_simulated() -> None:
    full = experiment.drive(EXPERIMENT.complete({"inputs": 9000}))
    scaled = experiment.drive(EXPERIMENT.complete({"nu": 0 * Hz}))
    assert full["mean"].to("pA/ms").magnitude == pytest.approx(scaled["mean"].to("pA/ms").magnitude)
    # 1.685 of what holds a neuron at its threshold: mean · τ_s · e · τ_m / C = 1.685 · 20 mV
    held = (full["mean"] * experiment.NEURON.parameters["tau_s"] * np.e * 10 * ms / experiment.NEURON.parameters["C"]).to("mV")
    assert held.magnitude == pytest.approx(1.685 * 20)
    with_others = experiment.drive(EXPERIMENT.complete({}))
    missing = 8910 * 7.75 * (1 - 5 / 4) * 45.61e-3
    assert (with_others["mean"] - full["mean"]).to("pA/ms").magnitude == pytest.approx(missing)


def test_synchrony_is_one_for_independent_neurons_and_their_number_for_copies() -> None:
    rng = np.random.default_rng(1)
    times = rng.uniform(0, 30_000, 3000)
    alone = Spikes(rng.uniform(0, 30_000, 60_000), rng.integers(0, 20, 60_000))
    assert experiment.synchrony(alone, 3.0) == pytest.approx(1, abs=0.06)  # of 10 000 bins
    copies = Spikes(np.tile(times, 20), np.repeat(np.arange(20), 3000))
    assert experiment.synchrony(copies, 3.0) == pytest.approx(20)


def test_two_hills_are_not_one() -> None:
    rng = np.random.default_rng(1)
    one, other = rng.normal(45, 4, 20_000), rng.normal(70, 4, 20_000)
    assert experiment.out_of_one_hill(one) < 0.03
    assert experiment.out_of_one_hill(np.r_[one, other]) > 0.1


def test_the_figure_and_the_dataset_are_complete(glimpse: Result) -> None:
    figure: Any = EXPERIMENT.figure(glimpse)
    assert [axes.get_ylabel() for axes in figure.axes] == ["Synapses", "Weight (pA)", "Neuron", "Neurons"]
    figure.savefig(png := io.BytesIO())
    assert len(png.getvalue()) > 20_000
    data = glimpse.dataset()
    assert data.sizes["synapse"] == 480
    assert all("units" in data[name].attrs for name in data.data_vars)


@pytest.mark.slow
def test_compiled_it_learns_what_the_interpreter_learns(glimpse: Result) -> None:
    compiled = EXPERIMENT.run(GLIMPSE)
    np.testing.assert_array_equal(compiled.values["spikes"][1], glimpse.values["spikes"][1])
    np.testing.assert_allclose(compiled.values["last"], glimpse.values["last"], rtol=1e-10)


@pytest.mark.slow
def test_the_full_run_passes() -> None:
    result = EXPERIMENT.run()
    assert len(result.checks) == 10
    assert [check for check in result.checks if not check.passed] == []


@pytest.mark.slow
def test_an_additive_rule_would_fail() -> None:
    """With μ near 1 nothing holds the weights together."""
    result = EXPERIMENT.run({"mu": 0.9, "w_0": 44.5 * pA, "alpha": 0.5, "duration": 40 * second, "assessed": 10 * second})
    failed = [check.what for check in experiment.compare({**result.values, "settings": experiment.SETTINGS}) if not check.passed]
    assert any(what.startswith("SD of the weights") for what in failed)
