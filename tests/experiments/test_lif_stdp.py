"""The NumPy tutorial's neuron: its spikes, weights and window, on both backends, and faults are seen."""

import io
from typing import Any

import numpy as np
import pytest

import bouton as bt
from bouton.experiments import find
from bouton.experiments import lif_stdp as experiment
from bouton.experiments.base import Result
from bouton.experiments.references import largest, load
from bouton.units import mV, second

COMPARED = ("spikes", "v", "gE", "P", "M", "gbar", "gbar_final", "P5", "dW")


@pytest.fixture(scope="module")
def result() -> Result:
    return find("lif-stdp").run()


def test_every_array_is_the_documents(result: Result) -> None:
    assert len(result.checks) == 19
    assert result.passed, result.checks


def test_the_output_spikes_are_identical(result: Result) -> None:
    np.testing.assert_array_equal(result.values["spikes"], load("nma_15hz_120s")["spikes_ms"])
    assert len(result.values["spikes"]) == 1219


def test_the_documents_window_has_the_wrong_sign_and_size(result: Result) -> None:
    small = load("nma_small")
    after = small["time_diff"] > 0  # presynaptic after postsynaptic: depression is meant
    assert (small["dW_seed"][after] > 0).all()
    assert small["dW_seed"].max() > 1.3
    assert (result.values["dW"][after] < 0).all()
    assert largest(result.values["dW"][~after], small["dW_seed"][~after]) <= 1e-12


def same_on_both(duration: Any) -> None:
    settings = {**experiment.SETTINGS, "duration": duration}
    compiled, interpreted = (experiment.run(settings, backend=backend).values for backend in ("cpu", "reference"))
    assert len(compiled["spikes"]) > 0
    np.testing.assert_array_equal(interpreted["spikes"], compiled["spikes"])
    np.testing.assert_array_equal(interpreted["ex2"]["spikes"], compiled["ex2"]["spikes"])
    assert max(largest(interpreted[name], compiled[name]) for name in COMPARED) <= 1e-12


def test_the_reference_backend_computes_the_same_in_the_first_second() -> None:
    same_on_both(1 * second)


@pytest.mark.slow
def test_the_reference_backend_computes_the_same_at_full_length() -> None:
    same_on_both(120 * second)


def test_a_spike_of_step_0_that_is_not_overlooked_is_seen() -> None:
    long = load("nma_15hz_120s")
    built = experiment.build(experiment.SETTINGS, experiment.main_inputs(experiment.SETTINGS))
    overlooked = np.unpackbits(long["pre_bits"], axis=1)[:, 0].astype(bool)
    assert largest(built.simulation[built.synapses].x.magnitude, np.where(overlooked, -0.008, 0.0)) == 0.0
    built.simulation[built.synapses].x = 0.0
    _, found = experiment.simulate(built, experiment.SETTINGS)
    deviation = np.abs(found["gbar_final"] - long["gbar_final"])
    assert (deviation[overlooked] > 1e-12).any()


@pytest.mark.parametrize(
    "order",
    [
        ("threshold", "reset", "trace", "main", "on_post", "integrate"),  # M is read before its increment
        ("integrate", "threshold", "reset", "trace", "on_post", "main"),
    ],
)
def test_another_step_order_is_seen(order: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(experiment, "ORDER", order)
    result = find("lif-stdp").run()
    assert not result.passed
    assert result.checks[0].deviation > 0


def test_another_threshold_is_another_result() -> None:
    result = find("lif-stdp").run({"V_th": -54 * mV, "duration": 5 * second})
    assert result.checks == ()
    assert len(result.values["spikes"]) < np.count_nonzero(load("nma_15hz_120s")["spikes_ms"] < 5000)


def test_poisson_inputs_follow_the_seed() -> None:
    settings = {"inputs": "poisson", "duration": 2 * second}
    first, again, other = (find("lif-stdp").run(settings, seed).values["gbar_final"] for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_the_main_simulation_is_the_documents() -> None:
    simulation = find("lif-stdp").simulation(experiment.SETTINGS, 0)
    assert isinstance(simulation, bt.Simulation)
    assert simulation.t == 0 * second


def test_the_figure_and_the_dataset_are_complete(result: Result) -> None:
    figure: Any = find("lif-stdp").figure(result)
    labels = " ".join(axes.get_xlabel() + axes.get_ylabel() for axes in figure.axes)
    assert all(unit in labels for unit in ("(ms)", "(mV)", "(s)", "(leak = 1)", "(% of"))
    figure.savefig(png := io.BytesIO())
    assert len(png.getvalue()) > 50_000
    assert {"v", "g", "w", "weights", "spikes_time_ms"} <= set(map(str, result.dataset().variables))
