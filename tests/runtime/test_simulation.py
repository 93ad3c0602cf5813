"""What users do with a simulation between and during runs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import bouton as bt
from bouton.errors import BoutonError, Code, SimulationError
from bouton.units import Hz, ms, mV, second

CELL = bt.NeuronModel("dv/dt = -v/(10*ms) : 1", threshold="v > 1", reset="v = 0", name="cell")
STDP = bt.SynapseModel(
    "w : 1\ndx/dt = -x/tau : 1\ndy/dt = -y/tau : 1",
    on_pre="v_post += w; x += A; w = clip(w - y, 0, 2)",
    on_post="y += A; w = clip(w + x, 0, 2)",
    parameters={"tau": 20 * ms, "A": 0.05},
    name="stdp",
)


@pytest.fixture(params=["cpu", "reference"])
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


class Pair:
    """Poisson inputs onto a few cells through plastic synapses."""

    def __init__(self, backend: str, seed: int = 1, **options: Any) -> None:
        net = bt.Network()
        self.inputs = net.add(bt.Poisson(10, rate=60 * Hz))
        self.cells = net.add(bt.Population(3, CELL))
        self.syn = net.connect(self.inputs, self.cells, STDP, w=bt.Uniform(0.2, 0.6))
        self.sim = bt.Simulation(net, dt=0.5 * ms, seed=seed, backend=backend, **options)

    @property
    def w(self) -> np.ndarray:
        return self.sim[self.syn].w.magnitude


def test_reset_repeats_the_run_and_keeps_what_is_asked(backend: str) -> None:
    pair = Pair(backend)
    start = pair.w
    spikes = pair.sim.record_spikes(pair.cells)
    pair.sim.run(200 * ms)
    first, learned = (spikes.steps.copy(), spikes.indices.copy()), pair.w
    assert len(first[0]) > 5
    assert not np.array_equal(start, learned)
    pair.sim.reset()
    np.testing.assert_array_equal(pair.w, start)
    assert pair.sim.t.magnitude == 0
    pair.sim.run(200 * ms)
    np.testing.assert_array_equal(spikes.steps, first[0])
    np.testing.assert_array_equal(spikes.episodes[0].steps, first[0])
    pair.sim.reset(keep=[(pair.syn, "w")])
    np.testing.assert_array_equal(pair.w, learned)
    pair.sim.reset(seed=2)
    pair.sim.run(200 * ms)
    assert not np.array_equal(spikes.steps, first[0])


def test_keeping_a_trace_keeps_its_value_now(backend: str) -> None:
    pair = Pair(backend)
    pair.sim.run(200 * ms)
    before = pair.sim[pair.syn].x.magnitude
    assert before.max() > 0
    pair.sim.reset(keep=[(pair.syn, "x")])
    np.testing.assert_allclose(pair.sim[pair.syn].x.magnitude, before, rtol=1e-15)


def test_learning_off_freezes_weights_and_traces_run_on(backend: str) -> None:
    pair = Pair(backend)
    pair.sim[pair.syn].learning = False
    before = pair.w
    x = pair.sim.record(pair.syn, "x", every=5 * ms)
    pair.sim.run(100 * ms)
    np.testing.assert_array_equal(pair.w, before)
    assert np.asarray(x).max() > 0
    pair.sim[pair.syn].learning = True
    pair.sim.run(100 * ms)
    assert not np.array_equal(pair.w, before)


def test_parameters_rates_and_spikes_change_between_runs_without_recompiling() -> None:
    pair = Pair("cpu")
    pair.sim.run(50 * ms)
    program = pair.sim.program
    pair.sim[pair.syn].parameters.A = 0.0
    pair.sim[pair.syn].parameters.tau = 5 * ms
    frozen = pair.w
    pair.sim.run(100 * ms)
    ignored = np.abs(pair.w - frozen).max()
    assert 0 < ignored <= 0.05 * 20  # old traces still act once, new spikes add nothing
    pair.sim[pair.inputs].rate = 0 * Hz
    spikes = pair.sim.record_spikes(pair.inputs)
    pair.sim.run(100 * ms)
    assert len(spikes.steps) == 0
    pair.sim[pair.inputs].rate = np.linspace(0, 500, 10) * Hz
    pair.sim.run(200 * ms)
    counts = spikes.counts()
    assert counts[0] == 0
    assert counts[9] == pytest.approx(100, rel=0.35)
    assert pair.sim.program is program
    assert pair.sim[pair.syn].parameters.tau.to("ms").magnitude == pytest.approx(5)


def test_changed_time_constants_act_from_the_next_step(backend: str) -> None:
    net = bt.Network()
    cell = net.add(bt.Population(2, bt.NeuronModel("dv/dt = -v/tau : 1", parameters={"tau": 10 * ms}), v=1.0))
    sim = bt.Simulation(net, dt=1 * ms, backend=backend)
    sim.run(10 * ms)
    sim[cell].parameters.tau = 20 * ms
    sim.run(10 * ms)
    np.testing.assert_allclose(sim[cell].v.magnitude, np.exp(-1.5), rtol=1e-12)


def test_spike_times_are_replaced_between_runs(backend: str) -> None:
    net = bt.Network()
    source = net.add(bt.SpikeTimes(2, [1, 2] * ms, [0, 1]))
    sim = bt.Simulation(net, dt=1 * ms, backend=backend)
    spikes = sim.record_spikes(source)
    sim.run(5 * ms)
    sim[source].spikes = bt.SpikeTimes(2, [3, 7, 7, 7] * ms, [1, 0, 0, 0])
    sim.run(5 * ms)
    assert spikes.steps.tolist() == [1, 2, 7, 7, 7]
    assert spikes.indices.tolist() == [0, 1, 0, 0, 0]
    with pytest.raises(BoutonError) as refused:
        sim[source].spikes = bt.SpikeTimes(3, [1] * ms, [0])
    assert refused.value.code is Code.BAD_SHAPE


def test_setting_state_of_a_view_and_in_the_users_order(backend: str) -> None:
    net = bt.Network()
    source = net.add(bt.SpikeTimes(3, [] * ms, []))
    cells = net.add(bt.Population(3, bt.NeuronModel("v : mV")))
    syn = net.connect(source, cells, bt.SynapseModel("w : mV"), pattern=bt.Pairs([2, 0, 1, 0], [0, 2, 1, 1]), w=[1, 2, 3, 4] * mV)
    sim = bt.Simulation(net, dt=1 * ms, backend=backend)
    assert sim[syn].w.magnitude.tolist() == [1, 2, 3, 4]
    assert sim[syn].sources.tolist() == [2, 0, 1, 0]
    assert sim[syn].targets.tolist() == [0, 2, 1, 1]
    sim[syn[1:3]].w = [20, 30] * mV
    assert sim[syn].w.magnitude.tolist() == [1, 20, 30, 4]
    sim[cells[[0, 2]]].v = 5 * mV
    np.testing.assert_allclose(sim[cells].v.to("mV").magnitude, [5, 0, 5])
    recorded = sim.record(syn[[3, 0]], "w")
    sim.run(1 * ms)
    np.testing.assert_allclose(np.asarray(recorded), [[4, 1]])


def test_recorders_attach_at_any_time_and_change_nothing(backend: str) -> None:
    plain, watched = Pair(backend), Pair(backend)
    plain.sim.run(120 * ms)
    watched.sim.run(40 * ms)
    v = watched.sim.record(watched.cells, "v", every=1 * ms)
    spikes = watched.sim.record_spikes(watched.cells[1:])
    watched.sim.run(40 * ms)
    x = watched.sim.record(watched.syn, "x", when="after:on_pre")
    events = watched.sim.record(watched.syn[:5], "w", when="transmitted")
    rate = watched.sim.record_rate(watched.cells)
    watched.sim.run(40 * ms)
    np.testing.assert_array_equal(plain.w, watched.w)
    np.testing.assert_array_equal(v.times.to("ms").magnitude, np.arange(41, 121))
    assert x.steps[0] == 160
    assert set(spikes.indices) <= {1, 2}
    assert set(events.synapses) <= set(range(5))
    assert events.steps.min() >= 160
    assert rate.counts.shape == (80,)


@pytest.mark.parametrize("when, first, value", [("start", 0.0, 0.0), ("end", 1.0, 2.0), ("after:on_pre", 0.0, 2.0)])
def test_slots_of_recorders(when: str, first: float, value: float, backend: str) -> None:
    """A spike of step 0 adds 2 to v: seen after the presynaptic phase and at the end, not at the start."""
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, [0] * ms))
    cell = net.add(bt.Population(1, bt.NeuronModel("v : 1")))
    net.connect(source, cell, bt.SynapseModel("", on_pre="v_post += 2"))
    sim = bt.Simulation(net, dt=1 * ms, backend=backend)
    recorded = sim.record(cell, "v", when=when)
    sim.run(2 * ms)
    assert recorded.times.to("ms").magnitude[0] == first
    assert np.asarray(recorded)[0, 0] == value


def test_weights_at_events(backend: str) -> None:
    """Before the block, as transmitted and after it; the synapse's own numbering."""
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, [1, 3] * ms))
    cell = net.add(bt.Population(1, bt.NeuronModel("v : 1")))
    rule = bt.SynapseModel("w : 1", on_pre="w += 1; v_post += w; w += 10")
    syn = net.connect(source, cell, rule, w=0.5)
    sim = bt.Simulation(net, dt=1 * ms, backend=backend)
    recorded = {when: sim.record(syn, "w", when=when) for when in ("before", "transmitted", "after")}
    sim.run(5 * ms)
    assert recorded["before"].values.magnitude.tolist() == [0.5, 11.5]
    assert recorded["transmitted"].values.magnitude.tolist() == [1.5, 12.5]
    assert recorded["after"].values.magnitude.tolist() == [11.5, 22.5]
    assert recorded["before"].times.to("ms").magnitude.tolist() == [1, 3]


def test_delays_add_up(backend: str) -> None:
    """Axonal, then dendritic; a block's own delay in place of the axonal one; back-propagation of the postsynaptic spike."""
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, [2] * ms))
    cell = net.add(bt.Population(1, bt.NeuronModel("v : 1\nc : 1"), force_spikes=bt.SpikeTimes(1, [5] * ms)))
    rule = bt.SynapseModel(
        "seen : 1\nback : 1",
        on_pre={"calcium": "c_post += 1", "main": "v_post += 1; seen += 1"},
        on_post="back += 1",
        delays={"calcium": 7 * ms},
    )
    syn = net.connect(source, cell, rule, axonal_delay=3 * ms, dendritic_delay=4 * ms, backprop_delay=2 * ms)
    sim = bt.Simulation(net, dt=1 * ms, backend=backend)
    traces = {
        n: sim.record(thing, n, when="after:on_post") for n, thing in (("v", cell), ("c", cell), ("seen", syn), ("back", syn))
    }
    sim.run(20 * ms)
    arrival = {name: int(np.argmax(np.asarray(t)[:, 0])) for name, t in traces.items()}
    assert arrival == {"v": 2 + 3 + 4, "c": 2 + 7 + 4, "seen": 2 + 3, "back": 5 + 2}


def test_refractory_drops_deliveries_and_freezes(backend: str) -> None:
    """Refractory for n steps means step − last < n; deliveries to a frozen variable are dropped, to others not."""
    model = bt.NeuronModel(
        "dv/dt = (3 - v)/(1*ms) : 1 (unless refractory)\ng : 1", threshold="v > 2.9", reset="v = 0", refractory=3 * ms
    )
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, np.arange(20) * ms))
    cell = net.add(bt.Population(1, model))
    net.connect(source, cell, bt.SynapseModel("", on_pre="v_post += 0.001; g_post += 1"))
    sim = bt.Simulation(net, dt=1 * ms, backend=backend)
    v, spikes = sim.record(cell, "v"), sim.record_spikes(cell)
    sim.run(20 * ms)
    first = int(spikes.steps[0])
    values = np.asarray(v)[:, 0]
    assert np.all(values[first : first + 3] == 0.0)
    assert values[first + 3] == pytest.approx(3 * (1 - np.exp(-1)) + 0.001)
    assert sim[cell].g.magnitude[0] == 20


def test_progress_bar_and_time(capsys: pytest.CaptureFixture[str]) -> None:
    pair = Pair("reference")
    pair.sim.run(20 * ms, progress=True)
    assert "100%" in capsys.readouterr().err
    assert pair.sim.t.to("ms").magnitude == pytest.approx(20)
    pair.sim.run(0 * ms)
    assert pair.sim.step == 40


@pytest.mark.parametrize("given", [[3, 1, 2, 1] * ms, bt.Uniform(1 * ms, 3 * ms), 2 * ms])
def test_delays_are_read_in_the_order_of_synapses(given: Any) -> None:
    net = bt.Network()
    source = net.add(bt.SpikeTimes(4, [1, 1, 1, 1] * ms, [0, 1, 2, 3]))
    cells = net.add(bt.Population(4, bt.NeuronModel("arrived : ms")))
    model = bt.SynapseModel("w : 1", on_pre="arrived_post = t")
    syn = net.connect(source, cells, model, pattern=bt.Pairs([2, 0, 1, 3], [2, 0, 1, 3]), axonal_delay=given)
    sim = bt.Simulation(net, dt=0.1 * ms, backend="reference")
    sim.run(5 * ms)
    arrived = sim[cells].arrived.magnitude[sim[syn].targets]
    np.testing.assert_allclose(sim[syn].axonal_delay.to(ms).magnitude, arrived - 1, atol=1e-12)
    np.testing.assert_array_equal(sim[syn[1:3]].axonal_delay.magnitude, sim[syn].axonal_delay.magnitude[1:3])
    np.testing.assert_array_equal(sim[syn].dendritic_delay.magnitude, np.zeros(4))
    with pytest.raises(SimulationError, match="E506: 'axonal_delay' is fixed when a simulation is made"):
        sim[syn].axonal_delay = 1 * ms


def test_explain_and_sources() -> None:
    pair = Pair("cpu")
    text = pair.sim.explain()
    for word in ("exact, when read", "bytes per synapse", "order of a step", "freezes w"):
        assert word in text
    assert "def advance(" in pair.sim.kernels["advance"]
    assert "v_post += w" in pair.sim.kernels["on_pre_stdp"]


def test_rates_follow_the_bins_of_a_timed_array(backend: str) -> None:
    net = bt.Network()
    source = net.add(bt.Poisson(200, bt.TimedArray([0, 100, 20] * Hz, dt=100 * ms)))
    sim = bt.Simulation(net, dt=1 * ms, seed=4, backend=backend)
    rate = sim.record_rate(source)
    sim.run(0.4 * second)
    counts = rate.counts.reshape(4, 100).sum(axis=1) / 200 / 0.1
    assert counts[0] == 0
    np.testing.assert_allclose(counts[1:], [100, 20, 20], rtol=0.15)


def test_a_constant_for_all_is_one_number() -> None:
    net = bt.Network()
    cells = net.add(bt.Population(5, bt.NeuronModel("v : 1\nk : 1 (constant, shared)"), k=2.0))
    synapses = net.connect(cells, cells, bt.SynapseModel("w : 1 (constant, shared)", on_pre="v_post += w"), w=0.5)
    sim = bt.Simulation(net, dt=1 * ms)
    assert (sim[cells].k.magnitude, sim[synapses].w.magnitude) == (2.0, 0.5)
    sim[synapses].w = 0.7
    sim.run(1 * ms)
    assert sim[synapses].w.magnitude == 0.7


def test_two_recorders_of_one_variable_at_events_both_get_all() -> None:
    net = bt.Network()
    source = net.add(bt.SpikeTimes(2, [1, 2, 3] * ms, [0, 1, 0]))
    cell = net.add(bt.Population(1, bt.NeuronModel("v : 1")))
    synapses = net.connect(source, cell, bt.SynapseModel("w : 1", on_pre="v_post += w; w += 1"))
    sim = bt.Simulation(net, dt=1 * ms)
    some, everything = sim.record(synapses[1:], "w", when="after"), sim.record(synapses, "w", when="after")
    sim.run(5 * ms)
    assert everything.synapses.tolist() == [0, 1, 0]
    assert some.values.magnitude.tolist() == [1.0]
