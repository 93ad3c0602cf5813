"""Variables kept once a neuron have the values, bit for bit, that each synapse would have kept."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bouton as bt
from bouton.errors import SimulationError
from bouton.units import ms

CELL = bt.NeuronModel(
    "dv/dt = (1.2 - v)/(10*ms) : 1\nc : 1", threshold="v > 1", reset="v = 0; c += 1", refractory=1 * ms, name="cell"
)
EQUATIONS = """
w : 1 (min=0, max=2)
count : 1
dx/dt = -x/(15*ms) : 1
dy/dt = (0.1 - y)/(25*ms) : 1 (max=3)
dp/dt = (q - p)/(4*ms) : 1
dq/dt = -q/(2*ms) : 1
dr/dt = -r**2/(5*ms) : 1 (max=10)
h = p + 0.5*count : 1
"""
BEFORE = ["x += 1", "x = 1", "s = 0.5*x; x += s", "q += 1 - 0.1*x", "count += 1; q += 0.1*count", "r += 0.2 + 0.1*x", "f = 0.1*h"]
AFTER = ["y += 1", "y = y + 0.3*(2 - y)", "y *= 0.9; y += 0.2*x", "z = 0.1*y; y += z", "y += 0.01*c_post"]
REGULAR = [
    *["w += 0.001*h*y_past", "w = 0.999*w", "x *= 0.99", "s = x*y; w += 0.001*s; y = 0.99*y", "count = 0.9*count; q *= 0.95"],
    *["k = 0.5*y; y -= 0.01*k; w += 0.001*k", "x = 0.1; y = 0.2; w *= 0.9", "x = 0.9*x; w += 0.001*x; y -= 0.001*x"],
]
USES = ["w += 0.01*x*y", "w -= 0.01*y", "w = clip(w + 0.02*h - 0.01*y, 0, 2)", "w += 0.001*r*x + 0.01*q"]


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    """Statements of both blocks in any order, delays, trains."""
    on_pre = ["target += 0.1*w*x", *draw(st.lists(st.sampled_from(BEFORE + USES), min_size=1, max_size=5))]
    on_post = draw(st.lists(st.sampled_from(AFTER + USES), min_size=1, max_size=4))
    if not any("f = " in s for s in on_pre):
        return {"on_pre": draw(st.permutations(on_pre)), "on_post": on_post, **draw(surroundings())}
    return {"on_pre": [*draw(st.permutations(on_pre)), "w += 0.001*f"], "on_post": on_post, **draw(surroundings())}


def surroundings() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "seed": st.integers(0, 2**32),
            "delays": st.tuples(*[st.integers(0, 25)] * 3),
            "third": st.sampled_from([None, "y += 0.1", "w += 0.01; s = 0.1*y; y = s + 0.2", "w += 0.01*y; y = 0.2"]),
            "every": st.tuples(*[st.one_of(st.none(), st.sampled_from(REGULAR))] * 2),
        }
    )


def run(case: dict[str, Any], *, hoist: bool, backend: str = "cpu") -> tuple[dict[str, np.ndarray], bt.Simulation]:
    """Two projections with the rule: from a source, some of whose trains spike twice in a step, and among the cells."""
    on_pre, on_post = "; ".join(case["on_pre"]), "; ".join(case["on_post"])
    regular = zip(("often", "seldom"), (bt.dt, 2.3 * ms), case["every"], strict=True)
    every = {name: (interval, text.replace("y_past", "c_post(t-dt)")) for name, interval, text in regular if text is not None}
    third = {} if case["third"] is None else {"reward": case["third"]}
    blocks = {"on_pre": on_pre, "on_post": on_post, "every": every, "on_event": third}
    rule = bt.SynapseModel(EQUATIONS, **blocks, method={"r": "rk4"}, name="rule")
    rng = np.random.default_rng(case["seed"])
    net = bt.Network()
    steps = np.sort(rng.integers(0, 800, 200))
    source = net.add(bt.SpikeTimes(8, steps * 0.1 * ms, rng.integers(0, 8, 200)))
    cells = net.add(bt.Population(12, CELL, v=bt.Uniform(0, 1)))
    axonal, dendritic, backprop = (d * 0.1 * ms for d in case["delays"])
    delays = {"axonal_delay": axonal, "dendritic_delay": dendritic, "backprop_delay": backprop}
    given = {"w": bt.Uniform(0, 1), "y": 0.2, **delays}
    reward = net.add(bt.SpikeTimes(1, [7, 7, 15, 39, 39, 39] * ms))
    projections = [
        net.connect(pre, cells, rule, target="v", pattern=pattern, events=dict.fromkeys(third, by), **given)
        for pre, pattern, by in ((source, bt.AllToAll(), reward), (cells, bt.Bernoulli(0.4), cells))
    ]
    sim = bt.Simulation(net, dt=0.1 * ms, seed=case["seed"] % 1000, backend=backend, hoist=hoist)
    spikes = sim.record_spikes(cells)
    events = [sim.record(projections[0], v, when=when) for v, when in (("x", "before"), ("y", "after"), ("w", "transmitted"))]
    traces = [sim.record(projections[1], v, every=0.3 * ms) for v in ("x", "p", "count", "h")]
    sim.run(80 * ms)
    found = {"spikes": np.stack([spikes.steps, spikes.indices])}
    found |= {f"{v} {n}": getattr(sim[p], v).magnitude for n, p in enumerate(projections) for v in ("w", *"xypqr", "count")}
    found |= {f"event {n}": np.array([e.steps, e.synapses, e.values.magnitude]) for n, e in enumerate(events)}
    found |= {f"trace {n}": t.values.magnitude for n, t in enumerate(traces)}
    return found, sim


@settings(max_examples=1, derandomize=True, deadline=None)
@given(case=cases())
def test_hoisted_equals_unhoisted(case: dict[str, Any]) -> None:
    agree(case)


@pytest.mark.slow
@settings(settings.get_profile("compiled"))
@given(case=cases())
def test_hoisted_equals_unhoisted_in_many_cases(case: dict[str, Any]) -> None:
    agree(case)


def agree(case: dict[str, Any]) -> None:
    (hoisted, sim), (plain, _) = run(case, hoist=True), run(case, hoist=False)
    assert "pre" in sim.planner.places["rule_1"].values() or "post" in sim.planner.places["rule_1"].values()
    for name, expected in plain.items():
        np.testing.assert_array_equal(hoisted[name], expected, err_msg=name)
    interpreted, _ = run(case, hoist=True, backend="reference")
    for name, expected in interpreted.items():
        np.testing.assert_allclose(hoisted[name], expected, rtol=1e-12, atol=1e-14, err_msg=name)


def small(**connect: Any) -> tuple[bt.Simulation, bt.Projection]:
    rule = bt.SynapseModel(EQUATIONS, on_pre="x += 1; q += x; target += 0*w; r += 0", on_post="y += 1", method={"r": "rk4"})
    net = bt.Network()
    source = net.add(bt.SpikeTimes(2, [1, 2, 2, 5] * ms, [0, 0, 1, 1]))
    cells = net.add(bt.Population(3, CELL))
    projection = net.connect(source, cells, rule, target="v", axonal_delay=0.5 * ms, **connect)
    return bt.Simulation(net, dt=0.1 * ms), projection


def test_values_given_to_single_synapses_move_a_variable_to_the_synapses() -> None:
    (sim, projection), (twin, other) = small(), small()
    assert sim.planner.places[projection.name] == dict.fromkeys("xpqr", "pre") | {"y": "post"}
    for each, target in ((sim, projection), (twin, other)):
        each.run(3 * ms)
        before = each[target].x.magnitude
        each[target].x = 0.25  # the same for all: stays where it is
        assert "x" in each.planner.places[target.name]
        each[target].x = before
        each[target].q = [0.0, 0.0, 0.0, 1.0, 1.0, 1.0]  # the same for the synapses of a source
        assert "q" in each.planner.places[target.name]
    expected = twin[other].x.magnitude
    values = sim[projection].x.magnitude
    values[2] += 1.0
    p = sim[projection].p.magnitude
    sim[projection].x = values
    assert not {"x", "q", "p"} & set(sim.planner.places[projection.name])  # q is made of x, p of q
    assert "y" in sim.planner.places[projection.name]
    np.testing.assert_array_equal(sim[projection].x.magnitude, values)
    np.testing.assert_array_equal(sim[projection].p.magnitude, p)
    for each in (sim, twin):
        each.run(1 * ms)
    decay = np.exp(-1 / 15)
    expected = twin[other].x.magnitude
    expected[2] += decay
    np.testing.assert_allclose(sim[projection].x.magnitude, expected, rtol=1e-13)
    np.testing.assert_array_equal(np.delete(sim[projection].q.magnitude, 2), np.delete(twin[other].q.magnitude, 2))


def test_a_fault_in_what_a_neuron_keeps_names_a_synapse() -> None:
    rule = bt.SynapseModel("w : 1\nx : 1", on_pre="x *= 1e200; w = w", weights=("w",))
    net = bt.Network()
    source = net.add(bt.SpikeTimes(3, [1, 1.5] * ms, [2, 2]))
    cells = net.add(bt.Population(2, CELL))
    projection = net.connect(source, cells, rule, pattern=bt.Pairs([1, 2], [0, 1]), x=1.0)
    sim = bt.Simulation(net, dt=0.1 * ms)
    assert sim.planner.places[projection.name] == {"x": "pre"}
    with pytest.raises(SimulationError, match="'x' of element 1"):
        sim.run(5 * ms)


def test_explain_says_who_keeps_what() -> None:
    sim, _ = small()
    text = sim.explain()
    assert "each source" in text
    assert "each target" in text
    assert "follows from presynaptic events" in text
    assert "bytes per source" in text


def test_neurons_without_synapses_do_not_matter() -> None:
    cell = bt.NeuronModel("dv/dt = (2 - v)/(5*ms) : 1\ng : 1 (constant)", threshold="v > 1", reset="v = 0", name="cell")
    net = bt.Network()
    cells = net.add(bt.Population(4, cell, g=[1.0, 1.0, 0.0, 0.0]))
    rule = bt.SynapseModel("w : 1\ndx/dt = -x/(9*ms) : 1", on_pre="x += 1/g_pre; target += 0*w*x", name="rule")
    projection = net.connect(cells[:2], cells, rule, target="v", w=1.0)
    sim = bt.Simulation(net, dt=0.1 * ms)
    sim.run(20 * ms)
    assert np.isfinite(sim[projection].x.magnitude).all()


@pytest.mark.parametrize("options", [{}, {"hoist": False}, {"backend": "reference"}])
def test_a_trace_goes_on_from_its_value_when_its_time_constant_changes(options: dict[str, Any]) -> None:
    rule = bt.SynapseModel("w : 1\ndx/dt = -x/tau : 1", on_pre="x += 1", parameters={"tau": 100 * ms}, name="rule")
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, [1] * ms, [0]))
    cells = net.add(bt.Population(2, CELL))
    projection = net.connect(source, cells, rule)
    sim = bt.Simulation(net, dt=0.1 * ms, **options)
    sim.run(20 * ms)
    before = sim[projection].x.magnitude
    sim[projection].parameters.tau = 5 * ms
    np.testing.assert_allclose(sim[projection].x.magnitude, before)
    sim.run(0.1 * ms)
    np.testing.assert_allclose(sim[projection].x.magnitude, before * np.exp(-0.1 / 5), rtol=1e-13)


def test_only_neurons_of_a_view_have_events() -> None:
    """Kernels pass others over, unless who has no synapses here keeps a trace that another projection reads."""
    rule = bt.SynapseModel("w : 1\ndx/dt = -x/(15*ms) : 1", on_pre="x += 1; c_post += w*x", name="rule")
    for shared in (False, True):
        found = []
        for options in ({"backend": "reference", "hoist": False}, {"threads": 1}, {"threads": 2}):
            net = bt.Network()
            cells = net.add(bt.Population(40, CELL, v=bt.Uniform(0, 1)))
            parts = (cells[5:12], cells[30:21:-3]) if shared else (cells[5:12],)
            synapses = [net.connect(part, cells, rule, pattern=bt.Bernoulli(0.5), w=0.1) for part in parts]
            sim = bt.Simulation(net, dt=0.1 * ms, seed=4, **options)
            sim.run(60 * ms)
            found.append(np.concatenate([sim[cells].c.magnitude, *(sim[each].x.magnitude for each in synapses)]))
        kernels = [call.kernel for _, call in sim.plan.calls() if call.pathway is not None]
        assert all(kernel.selects != shared for kernel in kernels)
        np.testing.assert_allclose(found[1], found[0], rtol=1e-12)
        np.testing.assert_array_equal(found[2], found[1])
