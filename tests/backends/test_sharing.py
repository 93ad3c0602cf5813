"""Variables of which one is kept for several projections have the values, bit for bit, that each would have kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bouton as bt
from bouton.analysis import find_shared
from bouton.analysis.analyse import analyse
from bouton.analysis.find_shared import Sharing
from bouton.backends.memory import Taps
from bouton.backends.program import sample_positions
from bouton.backends.reference.program import ReferenceProgram
from bouton.plan.lower import Watch, lower
from bouton.plan.step_order import DEFAULT_ORDER
from bouton.runtime import shared
from bouton.runtime.state import State
from bouton.units import Hz, ms

CELL = bt.NeuronModel(
    "dv/dt = (1.2 - v)/(10*ms) : 1\nc : 1", threshold="v > 1", reset="v = 0; c += 1", refractory=1 * ms, name="cell"
)
EQUATIONS = """
w : 1 (min=0, max=2)
m : 1
count : 1
dx/dt = -x/tau : 1
dy/dt = (0.1 - y)/(25*ms) : 1 (max=3)
dp/dt = (q - p)/(4*ms) : 1
dq/dt = -q/(2*ms) : 1
dr/dt = -r**2/(5*ms) : 1
dz/dt = -z/(9*ms) : 1
"""
PRE = ["x += a", "x = 1", "s = 0.5*a; x += s", "q += 1 - 0.1*x", "count += 1; q += 0.1*count", "r += 0.2 + 0.1*x", "x *= 0.9"]
POST = ["y += 1", "y = y + 0.3*(2 - y)", "z += a; y *= 0.9", "s = 0.1*a; y += s", "y += 0.01*c_post", "z = 1"]
WAIT = ["w += 0.01*x*y", "w -= 0.01*y", "w = clip(w + 0.02*x - 0.01*z, 0, 2)"]
USES = [*WAIT, "w = clip(w + 0.02*p - 0.01*z, 0, 2)", "w += 0.001*r*x + 0.01*q", "w += 0.001*m"]
ORDERS = (
    ("integrate", "threshold", "on_post", "on_pre", "reset"),
    ("threshold", "on_pre", "on_post", "reset", "integrate"),
)
PARAMETERS = {"tau": 15 * ms, "a": 1.0}
CHANGES: dict[str, Callable[[bt.Simulation, list[bt.Projection]], None]] = {
    "nothing": lambda sim, p: None,
    "x of the first": lambda sim, p: setattr(sim[p[0]], "x", 0.25),
    "q of the second": lambda sim, p: setattr(sim[p[1]], "q", 0.5),
    "y of some synapses": lambda sim, p: setattr(sim[p[0]], "y", np.linspace(0, 1, len(sim[p[0]].y))),
    "tau of the last": lambda sim, p: setattr(sim[p[-1]].parameters, "tau", 5 * ms),
    "tau of all": lambda sim, p: [setattr(sim[each].parameters, "tau", 5 * ms) for each in p],  # type: ignore[func-returns-value]
    "learning": lambda sim, p: setattr(sim[p[0]], "learning", False),
    "x and tau": lambda sim, p: [setattr(sim[p[1]].parameters, "tau", 5 * ms), setattr(sim[p[0]], "x", 0.25)],  # type: ignore[func-returns-value]
    "the start": lambda sim, p: sim.reset(keep=[(p[0], "x"), (p[1], "w")]),
}
"""What is done between two runs."""


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    """Statements of both blocks in any order, who is connected, what differs, how it is run."""
    on_pre = draw(st.lists(st.sampled_from(PRE + USES), min_size=1, max_size=5))
    on_post = draw(st.lists(st.sampled_from(POST), max_size=3))
    on_post += draw(st.lists(st.sampled_from(WAIT if draw(st.booleans()) else USES), min_size=1, max_size=2))
    on_pre = draw(st.permutations(["target += 0.1*w", "x += a", *on_pre]))
    first = draw(st.sampled_from([0, 0, 0, 1, 2]))  # statements in a block of their own
    return {
        "on_pre": {"trace": "; ".join(on_pre[:first]), "main": "; ".join(on_pre[first:])} if first else "; ".join(on_pre),
        "on_post": "; ".join(draw(st.permutations(["y += 1", *on_post]))),
        **draw(surroundings()),
    }


def surroundings() -> st.SearchStrategy[dict[str, Any]]:
    different = [{}, {}, {}, {"tau": 16 * ms}, {"a": 0.5}, {"x": 0.5}, {"q": 0.5}, {"axonal_delay": 0.7 * ms}]
    return st.fixed_dictionaries(
        {
            "seed": st.integers(0, 2**32),
            "delays": st.tuples(*[st.sampled_from([0, 1, 13])] * 3),
            "ends": st.lists(st.sampled_from(["sc", "sd", "cc", "cd"]), min_size=2, max_size=3, unique=True),
            "different": st.tuples(*[st.sampled_from(different)] * 3),
            "change": st.sampled_from(sorted(CHANGES)),
            "source": st.sampled_from(["poisson", "times", "twice"]),
            "every": st.sampled_from([None, None, None, "m += 0.001*x*c_post", "m += 0.001*p*c_post", "w = 0.999*w"]),
            "order": st.sampled_from([DEFAULT_ORDER, DEFAULT_ORDER, DEFAULT_ORDER, *ORDERS]),
            "threads": st.integers(1, 3),
            "defer": st.sampled_from([True, True, False]),
            "precision": st.sampled_from(["double", "double", "single"]),
            "record": st.booleans(),
        }
    )


def source_of(case: dict[str, Any]) -> Any:
    """A source of 8 neurons; some trains spike twice in a step if the case says so."""
    if case["source"] == "poisson":
        return bt.Poisson(8, 40 * Hz)
    rng = np.random.default_rng(case["seed"])
    steps = rng.integers(0, 800, 200) if case["source"] == "twice" else rng.permutation(800)[:200]
    return bt.SpikeTimes(8, np.sort(steps) * 0.1 * ms, rng.integers(0, 8, 200))


def build(case: dict[str, Any]) -> tuple[bt.Network, list[bt.Projection], list[bt.Population]]:
    blocks = {name: case[name] for name in ("on_pre", "on_post")}
    blocks |= {"every": (bt.dt, case["every"])} if case["every"] else {}
    rule = bt.SynapseModel(EQUATIONS, **blocks, method={"r": "rk4"}, parameters=PARAMETERS, name="rule")
    net = bt.Network()
    populations = {"s": net.add(source_of(case)), **{n: net.add(bt.Population(40, CELL, v=bt.Uniform(0, 1))) for n in "cd"}}
    delays = {f"{name}_delay": d * 0.1 * ms for name, d in zip(("axonal", "dendritic", "backprop"), case["delays"], strict=True)}
    projections = [
        net.connect(
            populations[pre], populations[post], rule, target="v", pattern=bt.Bernoulli(0.4), w=bt.Uniform(0, 1), **delays | other
        )
        for (pre, post), other in zip(case["ends"], case["different"], strict=False)
    ]
    return net, projections, [populations[n] for n in "cd"]


def run(case: dict[str, Any], half: int = 40, **options: Any) -> tuple[dict[str, np.ndarray], bt.Simulation]:
    net, projections, cells = build(case)
    sim = bt.Simulation(net, dt=0.1 * ms, seed=case["seed"] % 1000, step_order=case["order"], **options)
    spikes = [sim.record_spikes(each) for each in cells]
    moments = (("x", "before"), ("y", "after"), ("w", "transmitted")) if case["record"] else ()
    events = [sim.record(projections[1], v, when=when) for v, when in moments]
    recorded = [(p, v) for p in projections for v in ("x", "p", "count")] if case["record"] else []
    traces = [sim.record(p, v, every=0.3 * ms) for p, v in recorded]
    sim.run(half * ms)
    found = values(sim, projections, "first")
    CHANGES[case["change"]](sim, projections)
    found |= values(sim, projections, "changed")
    sim.run(half * ms)
    found |= values(sim, projections, "last")
    found |= {f"spikes {n}": np.stack([s.steps, s.indices]) for n, s in enumerate(spikes)}
    found |= {f"event {n}": np.array([e.steps, e.synapses, e.values.magnitude]) for n, e in enumerate(events)}
    return found | {f"trace {n}": t.values.magnitude for n, t in enumerate(traces)}, sim


def values(sim: bt.Simulation, projections: list[bt.Projection], when: str) -> dict[str, np.ndarray]:
    names = ("w", "m", *"xyzpqr", "count")
    return {f"{v} {n} {when}": getattr(sim[p], v).magnitude for n, p in enumerate(projections) for v in names}


@settings(max_examples=1, derandomize=True, deadline=None)
@given(case=cases())
def test_shared_equals_unshared(case: dict[str, Any]) -> None:
    agree(case)


@pytest.mark.slow
@settings(settings.get_profile("compiled"))
@given(case=cases())
def test_shared_equals_unshared_in_many_cases(case: dict[str, Any]) -> None:
    agree(case)


def agree(case: dict[str, Any]) -> None:
    options = {option: case[option] for option in ("threads", "defer", "precision")}
    (one, _), (each, sim) = run(case, **options), run(case, **options, share=False)
    assert not sim.planner.sharing.groups
    for name, expected in each.items():
        np.testing.assert_array_equal(one[name], expected, err_msg=name)


FIXED = {
    "on_pre": "target += 0.1*w; q += 1; x += a; count += 1; r += 0.1; w -= 0.01*y*p",
    "on_post": "y += 1; w += 0.01*x; z += 0.5*y",
    "seed": 3,
    "delays": (3, 0, 7),
    "ends": ["cc", "cd", "sc"],
    "different": ({}, {}, {}),
    "change": "nothing",
    "source": "poisson",
    "record": False,
    "every": None,
    "order": DEFAULT_ORDER,
}


@pytest.mark.parametrize("change", sorted(CHANGES))
@pytest.mark.parametrize("options", [{}, {"threads": 2}, {"threads": 3, "defer": False}])
def test_each_change_between_runs(change: str, options: dict[str, Any]) -> None:
    agree({**FIXED, "threads": 1, "defer": True, "precision": "double", "change": change, **options})


def test_results_are_those_of_the_interpreter() -> None:
    (compiled, sim), (interpreted, _) = run(FIXED, 8), run(FIXED, 8, backend="reference")
    assert {name for group in sim.planner.sharing.groups for _, name in group} == {*"xyzpqr", "count"}
    assert sim.plan.settling  # postsynaptic events wait
    for name, expected in interpreted.items():
        np.testing.assert_allclose(compiled[name], expected, rtol=1e-12, atol=1e-14, err_msg=name)


def interpreted(share: bool) -> list[np.ndarray]:
    """What the interpreter makes of a plan with variables kept with neurons, shared or not."""
    net, _, _ = build(FIXED)
    planner = bt.Simulation(net, dt=0.1 * ms, seed=3).planner
    facts = analyse(net)
    plan = lower(facts, DEFAULT_ORDER, Watch(), planner.places, shared=frozenset({*"xyzpqr", "count"}))
    state = State(facts, plan, 1e-4, 3, planner.share if share else lambda _: Sharing(), compiled=True)
    assert bool(state.memory.shared) == share
    ReferenceProgram(plan).run(0, 150, 1e-4, state.memory, Taps.none(len(sample_positions(plan))))
    return [state.memory.view((p.name, name)) for p in facts.projections for name in ("w", *"xyzpqr", "count")]


def test_the_interpreter_makes_the_same_of_a_plan_with_sharing() -> None:
    for one, each in zip(interpreted(share=True), interpreted(share=False), strict=True):
        np.testing.assert_array_equal(one, each)


# --- until when -------------------------------------------------------------------------------------------


def shares(sim: bt.Simulation, name: str) -> list[tuple[str, ...]]:
    """The projections that share a variable."""
    return [tuple(owner for owner, _ in group) for group in sim.planner.sharing.groups if group[0][1] == name]


@pytest.mark.parametrize(
    "change, left",
    [
        (
            "nothing",
            {"x": [("rule_1", "rule_2")], "q": [("rule_1", "rule_2")], "p": [("rule_1", "rule_2")], "y": [("rule_1", "rule_3")]},
        ),
        ("x of the first", {"x": [], "q": [("rule_1", "rule_2")], "y": [("rule_1", "rule_3")]}),
        ("q of the second", {"x": [("rule_1", "rule_2")], "q": [], "p": [], "r": [("rule_1", "rule_2")]}),
        ("y of some synapses", {"x": [("rule_1", "rule_2")], "y": []}),
        ("tau of the last", {"x": [("rule_1", "rule_2")], "y": [("rule_1", "rule_3")]}),
        ("tau of all", {"x": [("rule_1", "rule_2")]}),
        ("x and tau", {"x": [], "q": [("rule_1", "rule_2")]}),
        ("the start", {"x": [], "q": [("rule_1", "rule_2")]}),
    ],
)
def test_what_is_set_ends_sharing(change: str, left: dict[str, list[tuple[str, ...]]]) -> None:
    _, sim = run({**FIXED, "change": change}, 2)
    assert {name: shares(sim, name) for name in left} == left


def test_what_was_apart_stays_so() -> None:
    net, projections, _ = build(FIXED)
    sim = bt.Simulation(net, dt=0.1 * ms)
    sim[projections[0]].parameters.tau = 5 * ms
    sim.run(1 * ms)
    sim[projections[0]].parameters.tau = 15 * ms
    sim.run(1 * ms)
    assert shares(sim, "x") == []
    assert "something was set for one of them" in sim.explain()


def test_trains_that_come_to_spike_twice_in_a_step_end_sharing() -> None:
    case = {**FIXED, "source": "times", "ends": ["sc", "sd"]}
    found = []
    for share in (True, False):
        net, projections, _ = build(case)
        sim = bt.Simulation(net, dt=0.1 * ms, share=share)
        sim.run(20 * ms)
        assert bool(shares(sim, "x")) == share
        sim[net.populations[0]].spikes = bt.SpikeTimes(8, [30, 30, 35] * ms, [1, 1, 2])
        sim.run(20 * ms)
        assert shares(sim, "x") == []
        found.append(values(sim, projections, "last"))
    for name, expected in found[1].items():
        np.testing.assert_array_equal(found[0][name], expected, err_msg=name)


def test_setting_a_parameter_compiles_nothing() -> None:
    net, projections, _ = build(FIXED)
    sim = bt.Simulation(net, dt=0.1 * ms)
    sim.run(1 * ms)
    kernels, took = sim.kernels, sim.timings["compile"]
    sim[projections[0]].parameters.tau = 5 * ms
    sim[projections[0]].q = 1.0
    sim.run(1 * ms)
    assert shares(sim, "x") == []
    assert (sim.kernels, sim.timings["compile"]) == (kernels, took)


# --- what is told, and what it takes -------------------------------------------------------------------------


def test_explain_counts_bytes_once() -> None:
    net, *_ = build(FIXED)
    one, each = (bt.Simulation(net, dt=0.1 * ms, share=share) for share in (True, False))
    lines = {sim: sim.explain().splitlines() for sim in (one, each)}
    (first,) = [line for line in lines[one] if line.startswith("    x ") and "shared with rule_2" in line]
    assert first.split()[1:3] == ["each", "source"]
    sources = {sim: [float(line.split()[0]) for line in lines[sim] if "bytes per source" in line] for sim in lines}
    per_source = 8 * 5 + 4  # x, p, q, r, count; and when x was last written
    assert sum(sources[each]) - sum(sources[one]) == per_source
    state = {sim: sum(a.nbytes for n, a in sim.state.memory.arenas.items() if n.startswith("state")) for sim in lines}
    per_target = 8 * 2 + 4  # y, z; and when z was last written
    padding = 8 * 64  # slots begin where lines of memory do
    assert abs(state[each] - state[one] - 40 * (per_source + per_target)) <= padding


# --- faults that are planted ------------------------------------------------------------------------------------


def differs(case: dict[str, Any]) -> bool:
    (one, _), (each, _) = run(case), run(case, share=False)
    return any(not np.array_equal(one[name], expected) for name, expected in each.items())


def test_who_stores_before_all_have_read_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def first_stores(plan: Any, sharing: Sharing) -> Any:
        return placed(plan, Sharing(tuple(group[::-1] for group in sharing.groups)))

    placed = shared.place_shared
    monkeypatch.setattr("bouton.runtime.state.place_shared", first_stores)
    assert differs(FIXED)


@pytest.mark.parametrize("different", [{"tau": 16 * ms}, {"x": 0.5}, {"axonal_delay": 2 * ms}])
def test_what_is_wrongly_taken_for_equal_is_noticed(different: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(find_shared, "_bits", lambda value: 0)
    assert differs({**FIXED, "different": ({}, different, {})})


def test_several_spikes_in_a_step_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(find_shared._Found, "_refusal_of_writer", lambda self, writer: None)
    assert differs({**FIXED, "source": "twice", "ends": ["sc", "sd"], "on_pre": "target += 0.1*w; x += a; w += 0.01*x"})
