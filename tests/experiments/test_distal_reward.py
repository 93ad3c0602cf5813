"""The closed form equals the library's rule, rewards come when they should, and the rewarded synapse grows."""

import io
from typing import Any

import numpy as np
import pytest

import bouton as bt
from bouton.experiments import distal_reward as experiment
from bouton.experiments import find
from bouton.experiments.base import Result
from bouton.units import ms, second

EXPERIMENT = find("distal-reward")
GLIMPSE = {
    **{"duration": 600 * ms, "soonest": 10 * ms, "latest": 30 * ms, "window": 40 * ms},
    **{"excitatory": 40, "inhibitory": 2, "synapses": 20, "w_initial": 4.0},
}


@pytest.fixture(scope="module")
def glimpse() -> Result:
    return experiment.run(EXPERIMENT.complete(GLIMPSE), 2, "reference")


def final_weight(rule: bt.SynapseModel, seed: int, **start: float) -> Any:
    """Of six synapses after a second of irregular spikes with coincidences, and three releases."""
    rng, network = np.random.default_rng(seed), bt.Network()
    trains = [np.sort(rng.choice(1000, 60, replace=False)) * ms for _ in range(12)]
    pre = network.add(bt.SpikeTimes.from_trains(trains[:6]))
    forced = bt.SpikeTimes.from_trains(trains[6:])
    post = network.add(bt.Population(6, bt.NeuronModel("I : 1", name="cell"), force_spikes=forced))
    dopamine = network.add(bt.SpikeTimes(1, [100, 400, 405] * ms))
    synapses = network.connect(
        pre, post, rule, target="I", pattern=bt.OneToOne(), events={"dopamine": dopamine}, **start, w_max=1e3, d_0=0.1
    )
    simulation = bt.Simulation(network, 1 * ms, backend="reference")
    simulation.run(1 * second)
    return simulation, synapses, simulation[post].I.magnitude


def test_the_closed_form_is_the_rule_of_the_library() -> None:
    """As long as no bound is met."""
    rule = bt.rules.IzhikevichDopamine(A_plus=experiment.SETTINGS["A_plus"])
    ours, mine, ours_sent = final_weight(experiment.DOPAMINE, 4, W=200.0)
    theirs, other, theirs_sent = final_weight(rule, 4, w=200.0)
    built = experiment.Built(ours, *[None] * 1, mine, *[None] * 2)  # type: ignore[arg-type]  # nothing else is asked for
    found, expected = experiment.weights(built), theirs[other].w.magnitude
    assert np.abs(expected - 200).min() > 0.1
    assert expected.min() > 0
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    np.testing.assert_allclose(ours_sent, theirs_sent, rtol=1e-12)


def test_the_interpreter_runs(glimpse: Result) -> None:
    assert glimpse.checks == ()  # its settings are not those of the experiment
    assert len(glimpse.values["spikes"][0]) > 20
    assert len(glimpse.values["rewarded"]) > 0
    assert np.ptp(glimpse.values["weights"][1:]) > 0.01


def test_the_figure_and_the_dataset_are_complete(glimpse: Result) -> None:
    figure: Any = EXPERIMENT.figure(glimpse)
    assert {axes.get_ylabel() for axes in figure.axes} == {"Weight / largest", "Synapses", "Neuron", "Rewarded pairs"}
    figure.savefig(png := io.BytesIO())
    assert len(png.getvalue()) > 20_000
    data = glimpse.dataset()
    assert data.sizes["synapse"] == 800
    assert all("units" in data[name].attrs for name in data.data_vars)


@pytest.mark.slow
def test_each_pair_of_spikes_is_rewarded_once_and_late() -> None:
    built = experiment.build(EXPERIMENT.complete({}), 2)
    spikes = built.simulation.record_spikes(built.neurons)
    noticed, rewarded = (built.simulation.record_spikes(each) for each in (built.detector, built.reward))
    built.simulation.run(600 * second)
    target = int(np.random.default_rng(2).integers(0, 1000, (800, 100))[0, 0])
    first, then = (spikes.of(neuron).magnitude for neuron in (0, target))
    last = np.searchsorted(first, then, side="left") - 1  # strictly before
    pairs = then[(last >= 0) & (then - first[np.maximum(last, 0)] < 20)]
    assert len(pairs) > 5
    np.testing.assert_allclose(noticed.times.magnitude, pairs + 1)  # in the next step
    rewards = rewarded.times.magnitude
    assert (pairs < 597_000).sum() <= len(rewards) <= len(pairs)
    waits = rewards[:, np.newaxis] - pairs
    assert ((waits > 1000) & (waits < 3010)).any(axis=1).all()


@pytest.mark.slow
def test_compiled_it_learns_what_the_interpreter_learns(glimpse: Result) -> None:
    compiled = EXPERIMENT.run(GLIMPSE, seed=2)
    np.testing.assert_array_equal(compiled.values["rewards"], glimpse.values["rewards"])
    np.testing.assert_allclose(compiled.values["weights"], glimpse.values["weights"], rtol=1e-10, atol=1e-10)


@pytest.mark.slow
def test_the_full_run_passes() -> None:
    result = EXPERIMENT.run()
    assert len(result.checks) == 4
    assert [check for check in result.checks if not check.passed] == []


@pytest.mark.slow
def test_without_dopamine_the_synapse_is_not_found() -> None:
    result = EXPERIMENT.run({"release": 0.0, "duration": 900 * second})
    first, *_ = experiment.compare(result.values)
    assert first.deviation > 0.5
