"""Models whose synapses are all visited at postsynaptic events or in each step say so, if they have many."""

import warnings

import pytest

import bouton as bt
from bouton.errors import SlowPathWarning
from bouton.runtime import slow_paths
from bouton.units import ms

TRACES = "w : 1\ndx/dt = -x/(20*ms) : 1\ndy/dt = -y/(20*ms) : 1"
WAITS = bt.SynapseModel(TRACES, on_pre="v_post += w; x += 1; w = w - y", on_post="y += 1; w = w + x")
DRAWS = bt.SynapseModel(TRACES, on_pre="v_post += w; x += 1; w = w - y", on_post="y += 1; w = w + x*rand()")
TRACE_ONLY = bt.SynapseModel(TRACES, on_pre="v_post += w; x += 1; w = w - y", on_post="y += 1")
EACH_STEP = bt.SynapseModel("w : 1\ndx/dt = -x/(20*ms) : 1", on_pre="v_post += w; x += 1", every=(bt.dt, "w = w*(1 - 0.1*x)"))
EQUATION = bt.SynapseModel("dw/dt = x*v_post/(9*ms) : 1\ndx/dt = -x/(20*ms) : 1", on_pre="v_post += w; x += 1")
AT_TIMES = bt.SynapseModel("w : 1\ndx/dt = -x/(20*ms) : 1", on_pre="v_post += w; x += 1", every=(5 * ms, "w = w*(1 - 0.1*x)"))
NEURON = bt.NeuronModel("dv/dt = -v/(10*ms) : 1", threshold="v > 1", reset="v = 0")


def simulation(model: bt.SynapseModel, n: int = 400, **options: bool) -> bt.Simulation:
    net = bt.Network()
    cells = net.add(bt.Population(n, NEURON))
    net.connect(cells, cells, model, w=1e-3, name="syn")
    return bt.Simulation(net, dt=1 * ms, **options)


@pytest.mark.parametrize(
    "model, reason",
    [
        (DRAWS, "syn.*: postsynaptic events are carried to each synapse at once.*: they draw random numbers"),
        (EACH_STEP, "syn.*: a regular block visits each synapse in each step: what it does with w is not linear"),
        (EQUATION, "syn.*: .*w.* advanced for each synapse in each step: w is linear in itself with coefficients"),
    ],
    ids=["on_post", "every", "equation"],
)
def test_the_first_run_says_so_once_with_the_reason(model: bt.SynapseModel, reason: str) -> None:
    sim = simulation(model)
    with pytest.warns(SlowPathWarning, match=reason) as caught:
        sim.run(2 * ms)
    assert len(caught) == 1
    assert caught[0].filename == __file__
    sim.run(2 * ms)  # a warning would be an error


@pytest.mark.parametrize("model", [WAITS, TRACE_ONLY, AT_TIMES], ids=["waits", "trace only", "at times"])
def test_models_that_need_not_be_slow_say_nothing(model: bt.SynapseModel) -> None:
    simulation(model).run(2 * ms)


def test_a_recorder_that_forces_it_is_the_reason() -> None:
    sim = simulation(WAITS)
    (projection,) = (facts.projection for facts in sim.facts.projections)
    sim.record(projection[:3], "w", when="after")
    with pytest.warns(SlowPathWarning, match="a recorder looks at w"):
        sim.run(2 * ms)


@pytest.mark.parametrize("model", [DRAWS, EACH_STEP, EQUATION], ids=["on_post", "every", "equation"])
def test_small_networks_and_those_who_chose_it_are_told_nothing(model: bt.SynapseModel) -> None:
    simulation(model, n=300).run(2 * ms)
    simulation(model, defer=False).run(2 * ms)
    simulation(model, hoist=False).run(2 * ms)


def test_an_error_made_of_the_warning_leaves_a_simulation_that_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slow_paths, "MANY", 100)
    sim = simulation(DRAWS, n=20)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(SlowPathWarning):
            sim.run(2 * ms)
    assert sim.step == 0
    sim.run(2 * ms)
    assert sim.step == 2
