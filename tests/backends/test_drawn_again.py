"""Synapses that are not stored are those that would be stored: the same targets, weights and spikes, bit for bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bouton as bt
from bouton.errors import NetworkError, SimulationError
from bouton.runtime import drawn_topology
from bouton.units import Hz, ms, nS

CELL = bt.NeuronModel(
    """
    dv/dt = (1.02 + g/nS - v)/(10*ms) : 1 (unless refractory)
    dg/dt = -g/(5*ms) : nS
    c : 1
    """,
    threshold="v > 1",
    reset="v = 0",
    refractory=1 * ms,
    name="cell",
)
RULES: dict[str, dict[str, Any]] = {
    "one weight": {"on_pre": "g_post += J", "parameters": {"J": 0.02 * nS}},
    "a constant": {"equations": "w : 1 (constant)", "on_pre": "g_post += 0.02*nS*w"},
    "drawn": {"on_pre": "g_post += J", "parameters": {"J": bt.Normal(0.02 * nS, 0.01 * nS, low=0 * nS)}},
    "two drawn": {
        "equations": "w : 1 (constant)\nboth = w*K : 1",
        "on_pre": {"first": "g_post += where(w > 0.4, both*nS, 0*nS)", "late": "c_post += w*v_post; g_pre += 0.001*K*nS"},
        "parameters": {"K": bt.LogNormal(0.02, 0.7)},
        "delays": {"late": 0.7 * ms},
    },
    "draws": {"on_pre": "g_post += where(rand() < 0.4, J*exp(0.1*randn()), 0*nS)", "parameters": {"J": 0.05 * nS}},
    "of the neurons": {"on_pre": "g_post = J + 0.01*nS*(v_post + v_pre); c_pre += 1", "parameters": {"J": 0.02 * nS}},
}
WEIGHTS = {"a constant": 0.9, "two drawn": bt.Uniform(0.1, 1.2)}
SIZES = (7, 130, 1024, 2300)


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    """A rule, a pattern, sizes, views of both sides, delays and what runs it."""
    size = draw(st.sampled_from(SIZES))
    pattern = draw(
        st.one_of(
            st.builds(bt.Bernoulli, st.sampled_from([0.0, 1e-4, 0.02, 0.3, 0.97, 1.0]), st.booleans()),
            st.builds(bt.AllToAll, st.booleans()),
            st.just(bt.OneToOne()),
        )
    )
    within = draw(st.booleans()) or isinstance(pattern, bt.OneToOne)
    target = draw(st.sampled_from(["all", "first", "middle", "odd"]))
    return {
        "rule": draw(st.sampled_from(sorted(RULES))),
        "pattern": pattern,
        "size": size,
        "target": target,
        "source": target if within else draw(st.sampled_from(["all", "first", "middle", "odd"])),
        "dendritic_delay": draw(st.sampled_from([0 * ms, 0.3 * ms])),
        "axonal_delay": draw(st.sampled_from([0 * ms, 1.1 * ms])),
        "precision": draw(st.sampled_from(["double", "single"])),
        "seed": draw(st.integers(0, 2**40)),
    }


def view(population: bt.Population, which: str) -> Any:
    n = len(population)
    chosen = {"first": slice(None, n // 2 + 1), "middle": slice(n // 4, n // 2 + 2), "odd": np.arange(1, n, 2)}
    return population if which == "all" else population[chosen[which]]


def build(case: dict[str, Any], *, stored: bool, backend: str = "cpu", threads: int = 1) -> tuple[Any, ...]:
    network = bt.Network()
    cells = network.add(bt.Population(case["size"], CELL, v=bt.Uniform(0, 1)))
    source = network.add(bt.Poisson(40, 120 * Hz))
    rule = dict(RULES[case["rule"]])
    model = bt.SynapseModel(rule.pop("equations", ""), **rule, name=case["rule"].replace(" ", "_"))
    static = bt.SynapseModel(on_pre="g_post += 0.1*nS", name="static")
    network.connect(source, cells, static, pattern=bt.Bernoulli(0.2), stored=stored)
    values = {"w": WEIGHTS[case["rule"]]} if case["rule"] in WEIGHTS else {}
    delays = {name: case[name] for name in ("dendritic_delay", "axonal_delay")}
    pre, post = view(cells, case["source"]), view(cells, case["target"])
    synapses = network.connect(pre, post, model, pattern=case["pattern"], stored=stored, **delays, **values)
    precision = case["precision"] if backend == "cpu" else "double"
    sim = bt.Simulation(network, dt=0.1 * ms, seed=case["seed"], backend=backend, threads=threads, precision=precision)
    return sim, cells, synapses


def run(case: dict[str, Any], steps: int = 90, **options: Any) -> dict[str, Any]:
    sim, cells, synapses = build(case, **options)
    spikes = sim.record_spikes(cells)
    sim.run(steps * sim.dt * 1000 * ms)
    sim.reset(seed=case["seed"] + 1)  # the network stays as it was drawn
    sim.run(steps * sim.dt * 500 * ms)
    found = {"steps": spikes.steps, "indices": spikes.indices}
    found |= {name: getattr(sim[cells], name).magnitude for name in ("v", "g", "c")}
    topology = sim.state.topologies[synapses.name]
    found |= {"sources": topology.sources, "targets": topology.targets, "size": topology.size}
    parameters = sim[synapses].parameters
    found |= {name: getattr(parameters, name).magnitude for name in dir(parameters) if not name.startswith("_")}
    if case["rule"] in WEIGHTS and topology.size:
        found["w"] = sim[synapses].w.magnitude
    return found


def same(found: dict[str, Any], expected: dict[str, Any], what: str) -> None:
    for name, values in expected.items():
        shown = np.broadcast_to(found[name], np.shape(values))  # a constant may be one number for all
        np.testing.assert_array_equal(shown, values, err_msg=f"{name} {what}")


def agree(case: dict[str, Any]) -> None:
    expected = run(case, stored=True)
    for threads in (1, 2, 3):
        same(run(case, stored=False, threads=threads), expected, f"with {threads} threads")


@settings(max_examples=1, derandomize=True)
@given(case=cases())
def test_the_network_is_the_same(case: dict[str, Any]) -> None:
    agree(case)


@pytest.mark.slow
@settings(max_examples=300)
@given(case=cases())
def test_the_network_is_the_same_in_many_cases(case: dict[str, Any]) -> None:
    agree(case)


CASE: dict[str, Any] = {
    "rule": "drawn",
    "pattern": bt.Bernoulli(0.1),
    "size": 1300,
    "target": "all",
    "source": "all",
    "dendritic_delay": 0.3 * ms,
    "axonal_delay": 1.1 * ms,
    "precision": "double",
    "seed": 3,
}


@pytest.mark.parametrize("rule", RULES)
def test_each_rule(rule: str) -> None:
    agree(CASE | {"rule": rule, "precision": "single", "target": "odd", "source": "first"})


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("pattern", [bt.Bernoulli(0.1, False), bt.AllToAll(False), bt.OneToOne()], ids=repr)
def test_the_interpreter_finds_the_same(rule: str, pattern: Any) -> None:
    case = CASE | {"rule": rule, "pattern": pattern, "size": 130, "target": "middle", "source": "middle"}
    expected = run(case, 30, stored=True, backend="reference")
    same(run(case, 30, stored=False, backend="reference"), expected, "interpreted")
    compiled = run(case, 30, stored=False)
    np.testing.assert_array_equal(compiled["indices"], expected["indices"])


# --- nothing is kept ------------------------------------------------------------------------------------------


def held(sim: bt.Simulation) -> int:
    """Bytes of all slots."""
    arenas = sum(array.nbytes for array in sim.state.memory.arenas.values())
    return arenas + sum(sim.state.memory.view(slot.key).nbytes for slot in sim.plan.slots if slot.role == "fixed")


def test_nothing_is_kept_for_a_synapse() -> None:
    taken = []
    for p in (0.01, 0.5):
        sim, _, _ = build(CASE | {"pattern": bt.Bernoulli(p)}, stored=False)
        sim.run(5 * ms)
        taken.append(held(sim))
        expected = p * CASE["size"] ** 2
        assert "synapses, drawn again at each event: 0 bytes per synapse" in sim.explain()
        assert abs(sim.state.size(sim.facts.projections[1]) - expected) < 5 * np.sqrt(expected)
    assert taken[0] == taken[1]


def test_nothing_is_counted_that_nobody_asks_for() -> None:
    sim, _, synapses = build(CASE | {"rule": "one weight"}, stored=False)
    sim.run(5 * ms, profile=True)
    (row,) = (row for row in sim.profile().rows if row.what == "on_pre_one_weight")
    assert row.events > 0
    topology = sim.state.topologies[synapses.name]
    assert topology._counts == {}
    assert sim[synapses].targets.size == topology.size


def test_synapses_are_counted_once_whatever_is_set() -> None:
    sim, _, synapses = build(CASE | {"rule": "draws"}, stored=False, threads=2)
    sim.run(5 * ms)
    topology = sim.state.topologies[synapses.name]
    assert len(topology._counts) == 1
    sim[synapses].parameters.J = 0.1 * nS
    sim.run(5 * ms)
    assert len(topology._counts) == 1
    assert sim[synapses].parameters.J.to(nS).magnitude == pytest.approx(0.1)


def test_a_constant_for_all_is_set_and_read_as_one_number() -> None:
    found = []
    for stored in (True, False):
        sim, cells, synapses = build(CASE | {"rule": "a constant"}, stored=stored)
        sim.run(5 * ms)
        sim[synapses].w = 2.5
        sim.run(10 * ms)
        assert (sim[synapses].w.magnitude == 2.5).all()
        found.append(sim[cells].v.magnitude)
    np.testing.assert_array_equal(*found)


def test_spikes_with_weights_and_several_in_a_step() -> None:
    rng = np.random.default_rng(5)
    steps, trains = np.sort(rng.integers(1, 60, 400)), rng.integers(0, 30, 400)
    spikes = bt.SpikeTimes(30, steps * 0.1 * ms, trains, weights=rng.random(400))
    rule = bt.SynapseModel(on_pre="g_post += 0.01*nS*spike_weight*rand()", name="rule")
    found = []
    for stored, threads in ((True, 1), (False, 1), (False, 3)):
        network = bt.Network()
        source, cells = network.add(spikes), network.add(bt.Population(1500, CELL))
        network.connect(source[3:], cells, rule, pattern=bt.Bernoulli(0.3), stored=stored)
        sim = bt.Simulation(network, dt=0.1 * ms, threads=threads)
        sim.run(6 * ms)
        found.append(sim[cells].g.magnitude)
    assert found[0].any()
    np.testing.assert_array_equal(found[0], found[1])
    np.testing.assert_array_equal(found[0], found[2])


def test_a_subset_of_synapses_is_shown() -> None:
    shown = []
    for stored in (True, False):
        sim, _, synapses = build(CASE | {"rule": "two drawn"}, stored=stored)
        some = sim[synapses[100:5000:7]]
        shown.append([some.sources, some.targets, some.w.magnitude])
    for ours, theirs in zip(*shown, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_more_synapses_than_can_be_shown_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    sim, _, synapses = build(CASE, stored=False)
    monkeypatch.setattr(drawn_topology, "available_bytes", lambda: 1_000_000)
    for ask in (lambda: sim[synapses].targets, lambda: sim[synapses].parameters.J):
        with pytest.raises(SimulationError, match=r"E605: 1.69e\+05 synapses that are not stored take 6.7"):
            ask()


def test_events_that_each_synapse_draws_of_may_be_four_thousand_million() -> None:
    network = bt.Network()
    cells = network.add(bt.Population(10**6, CELL))
    drawn = bt.SynapseModel(on_pre="g_post += J", parameters={"J": bt.Uniform(0 * nS, 1 * nS)}, name="drawn")
    network.connect(cells, cells, drawn, pattern=bt.Bernoulli(0.005), stored=False)
    with pytest.raises(NetworkError) as caught:
        bt.Simulation(network, dt=1 * ms)
    assert caught.value.expected == "at most 4294967296 in one projection"


def test_profile_of_what_is_drawn() -> None:
    found = []
    for stored in (True, False):
        sim, _, _ = build(CASE, stored=stored)
        sim.run(20 * ms, profile=True)
        found.append(sum(row.events for row in sim.profile().rows if row.what == "on_pre_drawn"))
    assert found[0] > 1e5
    assert found[0] == found[1]
