"""The pattern is shown as it should, and found: a glimpse by the interpreter, and the full run; faults are seen."""

import io
from typing import Any

import numpy as np
import pytest

import bouton as bt
from bouton.experiments import find
from bouton.experiments import pattern_finding as experiment
from bouton.experiments.base import Result
from bouton.units import Hz, ms, second

EXPERIMENT = find("pattern-finding")
GLIMPSE = {
    **{"dt": 0.5 * ms, "duration": 200 * ms, "assessed": 100 * ms},
    **{"afferents": 40, "members": 20, "neurons": 2, "T": 8.0},
}


@pytest.fixture(scope="module")
def glimpse() -> Result:
    return experiment.run(EXPERIMENT.complete(GLIMPSE), 1, "reference")


def test_the_interpreter_learns(glimpse: Result) -> None:
    assert glimpse.checks == ()  # its settings are not those of the experiment
    assert glimpse.values["weights"].shape == (40, 2)
    assert np.ptp(glimpse.values["weights"]) > 0.2
    assert len(glimpse.values["times"]) > 5


def test_an_input_evokes_one_and_a_spike_the_papers_after_potential() -> None:
    network = bt.Network()
    source = network.add(bt.SpikeTimes(2, [0, 10] * ms, [0, 1]))
    cells = network.add(bt.Population(2, experiment.NEURON, T=[500.0, 500.0]), name="cells")
    push = bt.SynapseModel("w : 1 (constant)", on_pre="target += w")
    network.connect(source, cells, push, target="x", pattern=bt.OneToOne(), w=[1.0, 5000.0])
    simulation = bt.Simulation(network, 0.1 * ms, backend="reference")
    potential, spikes = simulation.record(cells, "u"), simulation.record_spikes(cells)
    simulation.run(40 * ms)
    u = np.asarray(potential.values.magnitude)
    assert u[:, 0].max() == pytest.approx(1, abs=1e-3)  # the maximum lies between two samples
    (spike,) = spikes.times.magnitude
    after = np.arange(1, 100) * 0.1
    expected = 500 * (2 * np.exp(-after / 10) - 4 * (np.exp(-after / 10) - np.exp(-after / 2.5)))
    begin = round(spike / 0.1) + 1
    np.testing.assert_allclose(u[begin : begin + 99, 1], expected, rtol=1e-9)


def test_presentations_take_their_share_and_never_follow_one_another() -> None:
    shown = experiment.presentations(2000, 0.25, np.random.default_rng(3))
    assert len(shown) == 500
    assert np.diff(shown).min() >= 2
    assert (shown.min(), shown.max()) > (0, 1900)
    assert np.diff(shown).max() > 10


def test_in_the_pattern_its_afferents_fire_with_it_and_with_nothing_else() -> None:
    settings = EXPERIMENT.complete({**GLIMPSE, "jitter": 0 * ms, "noise": 0 * Hz, "T": 1e9})
    built = experiment.build(settings, 2, "reference")
    spikes = built.simulation.record_spikes(built.afferents)
    built.simulation.run(200 * ms)
    times, whose = experiment.one_pattern(settings, 2, "reference")
    assert len(times) > 20
    shown = sorted(zip(np.rint(2 * times).astype(int) + 1, whose, strict=True))  # felt a step later
    for start in built.starts:
        steps = spikes.steps - round(2 * start)
        inside = (steps > 0) & (steps <= 100) & (spikes.indices < 20)
        assert sorted(zip(steps[inside], spikes.indices[inside], strict=True)) == shown
    outside = spikes.indices[spikes.indices >= 20]
    assert len(outside) == pytest.approx(54 * 20 * 0.2, rel=0.3)  # 216 spikes, by rates that are alike for 50 ms


def test_what_counts_as_found() -> None:
    starts = np.array([100.0, 300.0, 500.0, 700.0])
    times = np.array([50.0, 110.0, 240.0, 305.0, 307.0, 506.0, 704.0])
    latest = np.searchsorted(starts, times, side="right") - 1
    latencies = np.where(latest >= 0, times - starts[latest], np.inf)
    whole = experiment.Assessed.of(times, latencies, latest, starts, 0.0, 50.0)
    assert (whole.hits, whole.false_alarms, whole.found) == (1.0, 2, 0.24)
    assert not whole.succeeded
    late = experiment.Assessed.of(times, latencies, latest, starts, 250.0, 50.0)
    assert (late.hits, late.false_alarms, late.latency) == (1.0, 0, pytest.approx(5.5))
    assert late.succeeded
    assert not late._replace(hits=0.97).succeeded
    assert not late._replace(latency=float("nan")).succeeded


def test_the_figure_and_the_dataset_are_complete(glimpse: Result) -> None:
    figure: Any = EXPERIMENT.figure(glimpse)
    assert [axes.get_ylabel() for axes in figure.axes] == ["Latency (ms)", "Synapses", "Mean weight"]
    figure.savefig(png := io.BytesIO())
    assert len(png.getvalue()) > 20_000
    data = glimpse.dataset()
    assert data["weights"].dims == ("afferent", "neuron")
    assert all("units" in data[name].attrs for name in data.data_vars)


@pytest.mark.slow
def test_compiled_it_learns_what_the_interpreter_learns(glimpse: Result) -> None:
    compiled = EXPERIMENT.run(GLIMPSE)
    np.testing.assert_array_equal(compiled.values["times"], glimpse.values["times"])
    np.testing.assert_allclose(compiled.values["weights"], glimpse.values["weights"], rtol=1e-12, atol=1e-12)


@pytest.mark.slow
def test_the_full_run_passes() -> None:
    result = EXPERIMENT.run()
    assert len(result.checks) == 9
    assert [check for check in result.checks if not check.passed] == []


@pytest.mark.slow
@pytest.mark.parametrize("pairing", ["all_to_all", "nearest_symmetric"])
def test_with_other_pairings_the_neuron_falls_silent(pairing: str) -> None:
    """As in the replication: depression at every presynaptic spike is too much."""
    result = EXPERIMENT.run({"pairing": pairing, "duration": 5 * second, "assessed": 2 * second, "neurons": 1})
    assert result.values["times"].max() < 2
    assert not any(check.passed for check in experiment.compare(result.values)[1:2])
