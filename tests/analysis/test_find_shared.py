"""Which variables of several projections are always equal, and the reason given for those that may not be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import bouton as bt
from bouton.plan.step_order import DEFAULT_ORDER
from bouton.units import Hz, ms

CELL = bt.NeuronModel("dv/dt = -v/(10*ms) : 1\nc : 1", threshold="v > 1", reset="v = 0", name="cell")
EQUATIONS = "w : 1\ndx/dt = -x/tau : 1\ndy/dt = -y/(30*ms) : 1\n"
BLOCKS = {"on_pre": "target += w; x += a; w -= y", "on_post": "y += 1; w += x"}
PARAMETERS = {"tau": 20 * ms, "a": 1.0}
ORDER = ("integrate", "threshold", "on_pre", "main", "on_post", "reset")


def network(
    first: dict[str, Any] | None = None, second: dict[str, Any] | None = None, source: Any = None, **options: Any
) -> bt.Simulation:
    """Two projections from one source onto two populations, called ``one`` and ``two``, each with changes to the rule.

    Of the changes ``equations``, ``on_pre``, ``on_post``, ``method``, ``delays`` and ``parameters`` are the rule's, others are
    arguments of ``connect``.
    """
    net = bt.Network()
    pre = net.add(bt.Poisson(3, 10 * Hz) if source is None else source)
    for name, given in (("one", first), ("two", second)):
        change = dict(given or {})
        model = {"on_pre": BLOCKS["on_pre"], "on_post": BLOCKS["on_post"]}
        model |= {n: change.pop(n) for n in ("on_pre", "on_post", "method", "delays") if n in change}
        parameters = PARAMETERS | change.pop("parameters", {})
        rule = bt.SynapseModel(change.pop("equations", EQUATIONS), parameters=parameters, name=name, **model)
        net.connect(pre, net.add(bt.Population(2, CELL)), rule, target="v", name=name, **change)
    return bt.Simulation(net, dt=0.1 * ms, **options)


def test_projections_from_one_source_share_its_trace() -> None:
    sharing = network().planner.sharing
    assert sharing.groups == ((("one", "x"), ("two", "x")),)
    assert not sharing.reasons


def test_what_is_said_otherwise_is_shared() -> None:
    equations = "w : 1\nh = -x/tau : 1/second\ndx/dt = h : 1\ndy/dt = -y/(30*ms) : 1\n"
    second = {"equations": equations, "on_pre": "x += a; w -= 2*y; target += w*w", "parameters": {"tau": 7 * ms}}
    assert network({"tau": 7 * ms}, second).planner.sharing.groups == ((("one", "x"), ("two", "x")),)


def test_recurrent_projections_share_on_both_sides() -> None:
    net = bt.Network()
    e, i = net.add(bt.Population(4, CELL, name="e")), net.add(bt.Population(2, CELL, name="i"))
    rule = bt.SynapseModel(EQUATIONS, **BLOCKS, parameters=PARAMETERS)
    for pre, post in ((e, e), (e, i), (i, e)):
        net.connect(pre, post, rule, target="v", name=f"{pre.name}{post.name}")
    sharing = bt.Simulation(net, dt=0.1 * ms).planner.sharing
    assert sharing.groups == ((("ee", "x"), ("ei", "x")), (("ee", "y"), ("ie", "y")))


def test_views_of_one_population_share() -> None:
    net = bt.Network()
    cells = net.add(bt.Population(4, CELL))
    rule = bt.SynapseModel(EQUATIONS, **BLOCKS, parameters=PARAMETERS)
    for name, view in (("one", cells[:2]), ("two", cells[2:])):
        net.connect(view, cells, rule, target="v", name=name)
    assert len(bt.Simulation(net, dt=0.1 * ms).planner.sharing.groups) == 2


def timed(*values: float) -> bt.TimedArray:
    return bt.TimedArray(np.array(values), dt=1 * ms)


PAIR = "w : 1\ndx/dt = (z - x)/tau : 1\ndz/dt = -z/tau : 1\ndy/dt = -y/(30*ms) : 1\n"
OWN = "w : 1\nds/dt = -s/(9*ms) : 1 (shared)\ndx/dt = -x/tau : 1\ndy/dt = -y/(30*ms) : 1\n"
CURVED = {"equations": EQUATIONS.replace("-x/tau", "-x**2/tau"), "method": {"x": "rk4"}}
MAIN = {"on_pre": {"main": BLOCKS["on_pre"]}}
SEVERAL = {"on_pre": {"trace": "x += a", "main": "target += w; w -= y*x"}}
TWO_WRITE = {"on_pre": {"trace": "x += a", "main": "target += w; x += a"}}
LATE = {"axonal_delay": 1 * ms}


@pytest.mark.parametrize(
    "both, second, options, reason",
    [
        ({}, {"tau": 21 * ms}, {}, "tau differs"),
        ({}, {"a": 0.5}, {}, "a differs"),
        ({"a": timed(1, 2)}, {"a": timed(1, 3)}, {}, "a differs"),
        ({}, {"x": 0.5}, {}, "its initial value differs"),
        ({}, LATE, {}, "its delay differs"),
        ({}, {"delays": {"on_pre": 1 * ms}}, {}, "its delay differs"),
        ({}, {"equations": EQUATIONS.replace("-x/tau", "(1 - x)/tau")}, {}, "its equation differs"),
        ({}, {"equations": EQUATIONS.replace("-x/tau : 1", "-x/tau : 1 (max=2)")}, {}, "its equation differs"),
        (CURVED, {"method": {"x": "rk2"}}, {}, "its scheme differs"),
        ({}, {"equations": EQUATIONS + "dz/dt = x/ms - z/ms : 1", "on_pre": "x += a; z += 1; w -= y"}, {}, "its scheme differs"),
        ({}, {"on_pre": "target += w; x = a; w -= y"}, {}, "what is written differs"),
        ({}, {"on_pre": "target += w; x += a; x *= 0.5; w -= y"}, {}, "what is written differs"),
        ({"on_pre": "x += a; x *= 0.5; w -= y"}, {"on_pre": "x *= 0.5; x += a; w -= y"}, {}, "what is written differs"),
        ({"on_pre": "q = a; x += q; w -= y"}, {"on_pre": "q = 2*a; x += q; w -= y"}, {}, "what is written differs"),
        ({}, MAIN, {"step_order": ORDER}, "the step in which it is written differs"),
        (SEVERAL, {}, {}, "main uses it in the same step as trace writes it"),
        (TWO_WRITE, {}, {}, "trace and main write it"),
        ({"equations": OWN, "on_pre": "x += s; w -= y"}, {}, {}, "each projection has its own s"),
        ({"equations": PAIR, "on_pre": "x += a; z += 1; w -= y"}, {"z": 1.0}, {}, "it depends on z, which is not shared"),
    ],
)  # fmt: skip
def test_not_shared(both: dict[str, Any], second: dict[str, Any], options: dict[str, Any], reason: str) -> None:
    sim = network(both, {**both, **second}, **options)
    assert all(sim.planner.places[name]["x"] == "pre" for name in ("one", "two"))
    assert not any(("one", "x") in group for group in sim.planner.sharing.groups)
    assert reason in sim.planner.sharing.reasons["one", "x"]
    assert f"not shared with two: {sim.planner.sharing.reasons['one', 'x'].removeprefix('two: ')}" in sim.explain()


@pytest.mark.parametrize(
    "both",
    [
        {"equations": PAIR, "on_pre": "x += a; z += 1; w -= y"},
        {"a": timed(1, 2)},
        {"on_pre": "q = a; q *= 2; x += q; w -= y"},
        {"on_pre": {"trace": "x += a", "main": "target += w"}},
        CURVED,
        MAIN | {"options": {"step_order": ORDER}},
        LATE,
    ],
)
def test_shared(both: dict[str, Any]) -> None:
    both = dict(both)
    options = both.pop("options", {})
    assert any(("one", "x") in group for group in network(both, both, **options).planner.sharing.groups)


@pytest.mark.parametrize("times, shared", [([1, 2, 2], True), ([1, 1, 2], False)])
def test_several_spikes_of_one_neuron_in_one_step(times: list[int], shared: bool) -> None:
    sim = network(source=bt.SpikeTimes(2, times * ms, [0, 0, 1]))
    assert bool(sim.planner.sharing.groups) == shared
    assert shared or "are given in one step" in sim.planner.sharing.reasons["one", "x"]


def test_a_value_for_each_synapse_is_not_shared() -> None:
    assert not network({}, {"x": bt.Uniform(0, 1)}).planner.sharing.groups


def test_other_sources_and_the_other_side_are_not_shared() -> None:
    net = bt.Network()
    cells, others = net.add(bt.Population(3, CELL)), net.add(bt.Population(3, CELL))
    x_only = bt.SynapseModel("w : 1\ndx/dt = -x/(20*ms) : 1", on_pre="x += 1; target += w", name="before")
    after = bt.SynapseModel("w : 1\ndx/dt = -x/(20*ms) : 1", on_pre="target += w", on_post="x += 1; w += x", name="after")
    for pre, post, rule in ((cells, others, x_only), (others, others, x_only), (others, cells, after)):
        net.connect(pre, post, rule, target="v")
    sim = bt.Simulation(net, dt=0.1 * ms)
    assert sim.planner.sharing.groups == ()
    assert sim.planner.sharing.reasons == {}


def test_events_that_are_recorded_are_looked_at_by_all_blocks() -> None:
    both = {"on_pre": {"trace": "x += a", "main": "target += w"}}
    sim = network(both, both)
    assert sim.planner.sharing.groups
    sim.record(sim.facts.projections[0].projection, "x", when="before")
    assert "of which events are recorded" in sim.explain()
    assert not sim.planner.sharing.groups


@pytest.mark.parametrize("options", [{"share": False}, {"hoist": False}, {"backend": "reference"}])
def test_sharing_is_switched_off(options: dict[str, Any]) -> None:
    assert not network(**options).planner.sharing.groups


def test_names_that_mean_other_things() -> None:
    """A parameter in one rule is a variable of the neuron in the other."""
    net = bt.Network()
    cells = net.add(bt.Population(3, CELL))
    for name, more in (("one", {}), ("two", {"c_pre": 1.0})):
        rule = bt.SynapseModel("w : 1\nx : 1", on_pre="x += c_pre; target += w", parameters=more, name=name)
        net.connect(cells, cells, rule, target="v", name=name)
    sim = bt.Simulation(net, dt=0.1 * ms, step_order=DEFAULT_ORDER)
    assert "c_pre differs" in sim.planner.sharing.reasons["one", "x"]
