"""Postsynaptic events that wait change nothing: the same bits as those that act at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bouton as bt
from bouton.errors import SimulationError
from bouton.units import Hz, ms

CELL = bt.NeuronModel(
    "dv/dt = (drive - v)/(10*ms) : 1\ndc/dt = -c/(30*ms) : 1\ndrive : 1 (constant)",
    threshold="v > 1",
    reset="v = 0; c += 1",
    refractory=0.5 * ms,
    name="cell",
)
EQUATIONS = """
w : 1 (min=0, max=top)
m : 1
eta : 1 (constant)
dx/dt = -x/(15*ms) : 1
dy/dt = -y/(25*ms) : 1
last : 1
"""
WAITING = [
    "w += 0.01*x",
    "w += eta*x*y",
    "w = clip(w + 0.03*x*c_post, 0.1, 0.9)",
    "w *= 1 + 0.01*x*v_post(t-0.3*ms)",
    "m += x; w += 0.001*m*(1 - w)",
    "s = x*y; w += 0.01*s; s *= 2; m = s",
    "w -= 0.001*last*exp(-t/(50*ms))",
]
AT_ONCE = ["y += 1", "y = 1", "q = 0.5*y; y += q"]
PRE = ["w -= 0.01*y", "w = clip(w - 0.02*y*w, 0, 1)", "m = 0", "last = 0.1 + 0.5*x", "w -= 0.001*m*eta"]


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    """Blocks, delays, how fast cells fire: from none to many spikes between two presynaptic ones."""
    on_post = draw(
        st.permutations(
            draw(st.lists(st.sampled_from(WAITING), min_size=1, max_size=3))
            + draw(st.lists(st.sampled_from(AT_ONCE), max_size=2))
        )
    )
    on_pre = draw(st.permutations(["target += 0.02*w", "x += 1", *draw(st.lists(st.sampled_from(PRE), max_size=3))]))
    return {
        "on_pre": "; ".join(on_pre),
        "on_post": "; ".join(on_post),
        "seed": draw(st.integers(0, 2**32)),
        "delays": draw(st.tuples(*[st.integers(0, 30)] * 3)),
        "drive": draw(st.sampled_from([0.9, 1.3, 3.0, 30.0])),
        "rate": draw(st.sampled_from([5, 40, 400])),
        "every": draw(st.sampled_from([None, 10 * ms, 17.3 * ms])),
        "apart": draw(st.booleans()),
    }


def run(case: dict[str, Any], *, defer: bool, backend: str = "cpu") -> tuple[dict[str, Any], bt.Simulation]:
    rule = bt.SynapseModel(EQUATIONS, on_pre=case["on_pre"], on_post=case["on_post"], parameters={"top": 1.0}, name="rule")
    net = bt.Network()
    source = net.add(bt.Poisson(7, case["rate"] * Hz))
    cells = net.add(bt.Population(9, CELL, v=bt.Uniform(0, 1), drive=bt.Uniform(0.8 * case["drive"], case["drive"])))
    names = ("axonal_delay", "dendritic_delay", "backprop_delay")
    given_delays = {name: steps * 0.1 * ms for name, steps in zip(names, case["delays"], strict=True)}
    x = bt.Uniform(0, 1) if case["apart"] else 0.5
    values = {"w": bt.Uniform(0, 1), "eta": bt.Uniform(0, 0.05), "x": x}
    projections = [
        net.connect(pre, cells, rule, target="v", pattern=pattern, **values, **given_delays)
        for pre, pattern in ((source, bt.AllToAll()), (cells, bt.FixedInDegree(4, multapses=True)))
    ]
    sim = bt.Simulation(net, dt=0.1 * ms, seed=case["seed"] % 1000, backend=backend, defer=defer)
    spikes = sim.record_spikes(cells)
    transmitted = sim.record(projections[1], "w", when="transmitted")
    traces = [] if case["every"] is None else [sim.record(projections[0], "w", every=case["every"])]
    sim.run(60 * ms)
    found = {"first w": sim[projections[0]].w.magnitude}
    sim[projections[0]].learning = False
    sim.run(30 * ms)
    sim[projections[0]].learning = True
    sim[projections[1]].w = 0.3
    sim.run(60 * ms)
    found |= {"spikes": np.stack([spikes.steps, spikes.indices])}
    found |= {f"{v} {n}": getattr(sim[p], v).magnitude for n, p in enumerate(projections) for v in ("w", "m", "x", "y", "last")}
    found["transmitted"] = np.array([transmitted.steps, transmitted.synapses, transmitted.values.magnitude])
    return found | {f"trace {n}": t.values.magnitude for n, t in enumerate(traces)}, sim


@settings(max_examples=1, derandomize=True, deadline=None)
@given(case=cases())
def test_deferred_equals_eager(case: dict[str, Any]) -> None:
    agree(case)


@pytest.mark.slow
@settings(settings.get_profile("compiled"))
@given(case=cases())
def test_deferred_equals_eager_in_many_cases(case: dict[str, Any]) -> None:
    agree(case)


def agree(case: dict[str, Any]) -> None:
    (deferred, sim), (eager, _) = run(case, defer=True), run(case, defer=False)
    assert sim.plan.settling
    adds_up = any(slot.name == ":sums" for slot in sim.plan.slots)  # then what waits is rounded otherwise
    for name, expected in eager.items():
        if adds_up and name != "spikes":
            np.testing.assert_allclose(deferred[name], expected, rtol=1e-12, atol=1e-13, err_msg=name)
        else:
            np.testing.assert_array_equal(deferred[name], expected, err_msg=name)


TRACES = "w : 1\nm : 1\ndx/dt = -x/(15*ms) : 1\ndy/dt = -y/(25*ms) : 1\n"
POST_FIRST = ("integrate", "threshold", "on_post", "on_pre", "reset")


def reason(rule: dict[str, Any], *, equations: str = TRACES, **connect: Any) -> str:
    """What `explain` says of the postsynaptic events of a rule."""
    blocks = {"on_pre": "x += 1; target += w; w -= y", "on_post": "y += 1; w += x"} | rule
    net = bt.Network()
    source = net.add(bt.Poisson(3, 20 * Hz))
    force = connect.pop("force_spikes", None)
    cells = net.add(bt.Population(2, CELL, force_spikes=force))
    order = connect.pop("step_order", None)
    watched = connect.pop("record", None)
    projection = net.connect(source, cells, bt.SynapseModel(equations, **blocks), target="v", **connect)
    sim = bt.Simulation(net, dt=0.1 * ms, **({} if order is None else {"step_order": order}))
    if watched is not None:
        sim.record(projection, "w", **watched)
    (line,) = [line for line in sim.explain().splitlines() if "postsynaptic events" in line and "follows" not in line]
    return line.strip()


@pytest.mark.parametrize("watched", [None, {"every": 0.1 * ms}, {"when": "transmitted"}, {"when": "after:on_pre"}])
def test_events_wait(watched: dict[str, Any] | None) -> None:
    assert reason({}, record=watched).startswith("postsynaptic events wait")


@pytest.mark.parametrize(
    "rule, more, said",
    [
        ({}, {"record": {"when": "after"}}, "a recorder looks at w"),
        ({"every": (bt.dt, "w = 0.9*w")}, {}, "every uses w"),
        ({"every": (bt.dt, "m = w")}, {}, "every uses w"),
        ({"on_post": "y += 1; w += m*x", "every": (bt.dt, "m = 1")}, {}, "they read m, which changes between"),
        ({}, {"equations": TRACES + "dz/dt = (w - z)/ms : 1"}, "the equation of z reads w"),
        ({"on_post": "w += z; z = 0"}, {"equations": TRACES + "dz/dt = -z/ms : 1", "z": np.arange(6.0)}, "z changes between"),
        ({"on_post": "y += 1; w += z"}, {"equations": TRACES + "dz/dt = (x - z)/ms : 1"}, "they read z, which changes"),
        ({"on_post": "y += 1; w += x; v_post += 0.1*w"}, {}, "they write to neurons"),
        ({"on_post": "y += 1; w += x*rand()"}, {}, "they draw random numbers"),
        ({"on_post": "y += 1; w += x; m = w(t-dt)"}, {}, "the past of w is kept"),
        ({"on_post": {"trace": "y += 1", "main": "w += x"}}, {}, "there are several postsynaptic blocks"),
        ({"on_pre": {"trace": "x += 1", "main": "target += w"}}, {}, "there are several presynaptic blocks"),
        ({"on_post": "y += 1"}, {}, "they change nothing that each synapse keeps"),
        ({}, {"backprop_delay": np.arange(6) * ms}, "postsynaptic events reach the synapses of a neuron at different times"),
        ({}, {"axonal_delay": np.arange(6) * ms}, "presynaptic events reach the synapses of a neuron at different times"),
        ({"delays": {"on_pre": 1 * ms}}, {"axonal_delay": np.arange(6) * ms}, "synapses of a source are stored in the order of"),
        ({}, {"step_order": POST_FIRST}, "postsynaptic events come first"),
        ({}, {"force_spikes": bt.SpikeTimes(2, [1] * ms, [0])}, "the postsynaptic spikes are given"),
    ],
)  # fmt: skip
def test_events_act_at_once(rule: dict[str, Any], more: dict[str, Any], said: str) -> None:
    assert f"act at once: {said}" in reason(rule, **more)


def test_long_histories_are_settled() -> None:
    """A cell that fires every step for longer than its history holds, between two presynaptic spikes."""
    model = bt.NeuronModel("v : 1", threshold="v < 1", name="busy")
    rule = bt.SynapseModel("w : 1\ndx/dt = -x/(9*ms) : 1", on_pre="x += 1", on_post="w += x; w *= 0.99", name="rule")
    found = []
    for defer in (True, False):
        net = bt.Network()
        source = net.add(bt.SpikeTimes(2, [1, 40] * ms, [0, 0]))
        cells = net.add(bt.Population(3, model))
        projection = net.connect(source, cells, rule)
        sim = bt.Simulation(net, dt=0.1 * ms, defer=defer)
        sim.run(50 * ms)
        found.append(sim[projection].w.magnitude)
    np.testing.assert_array_equal(*found)


@pytest.mark.parametrize("on_post", ["y += 1; q = y; q *= x; w += 0.001*q", "y += 1; q = y; w += 0.001*q; q = x; m += q"])
def test_locals_that_change_from_one_value_to_many_make_events_act_at_once(on_post: str) -> None:
    assert "they change the local q" in reason({"on_post": on_post})


@pytest.mark.parametrize("hoist", [True, False])
@pytest.mark.parametrize("on_post", ["q = v_post; w += 0.001*q*x", "s = 2*c_post; w += 0.001*s*last"])
def test_locals_of_the_neuron(on_post: str, hoist: bool) -> None:
    found = []
    for defer in (True, False):
        net = bt.Network()
        source = net.add(bt.Poisson(5, 100 * Hz))
        cells = net.add(bt.Population(4, CELL, drive=3.0, v=bt.Uniform(0, 1)))
        rule = bt.SynapseModel(EQUATIONS, on_pre="x += 1; last = 0.5*x", on_post=on_post, parameters={"top": 1.0}, name="rule")
        projection = net.connect(source, cells, rule, w=0.1)
        sim = bt.Simulation(net, dt=0.1 * ms, defer=defer, hoist=hoist)
        sim.run(100 * ms)
        found.append(sim[projection].w.magnitude)
    assert (found[0] > 0.1).any()
    np.testing.assert_array_equal(*found)


def test_a_fault_in_what_waits_is_found_at_the_end_of_the_run() -> None:
    model = bt.NeuronModel("v : 1", threshold="v < 1", name="busy")
    rule = bt.SynapseModel("w : 1\ndx/dt = -x/(9*ms) : 1", on_pre="x += 1", on_post="w = 1/(x - x)", name="rule")
    net = bt.Network()
    source = net.add(bt.SpikeTimes(2, [1] * ms, [0]))
    net.connect(source, net.add(bt.Population(1, model)), rule)
    sim = bt.Simulation(net, dt=0.1 * ms)
    with pytest.raises(SimulationError, match="'w' of element"):
        sim.run(2 * ms)


@pytest.mark.parametrize("on_post", ["s = lp; w += s*x; y += 1", "s = v_post; w += s*x"])
def test_locals_of_the_neuron_that_are_called_like_units(on_post: str) -> None:
    equations = "w : 1\ndx/dt = -x/(15*ms) : 1\ndy/dt = -y/(12*ms) : 1\nlp : 1 (linked)"
    found = []
    for options in ({}, {"defer": False}, {"backend": "reference"}):
        net = bt.Network()
        source, level = (
            net.add(bt.Poisson(5, 60 * Hz)),
            net.add(bt.Population(1, bt.NeuronModel("dlp/dt = (1 - lp)/(20*ms) : 1", name="level"))),
        )
        rule = bt.SynapseModel(equations, on_pre="x += 1; v_post += 0.01*w", on_post=on_post, name="rule")
        cells = net.add(bt.Population(4, bt.NeuronModel("dv/dt = (1.3 - v)/(8*ms) : 1", threshold="v > 1", reset="v = 0")))
        synapses = net.connect(source, cells, rule, w=0.1, link={"lp": level})
        sim = bt.Simulation(net, dt=0.1 * ms, seed=2, **options)
        sim.run(60 * ms)
        found.append(sim[synapses].w.magnitude)
    np.testing.assert_allclose(found[0], found[2], rtol=1e-12)
    np.testing.assert_array_equal(found[0], found[1])
