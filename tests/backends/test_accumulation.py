"""What regular blocks add may be added up with the target: nothing but the last digits can tell."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bouton as bt
from bouton.errors import NetworkError, SimulationError
from bouton.units import Hz, Quantity, ms

CELL = bt.NeuronModel(
    "dv/dt = (drive - v)/(10*ms) : 1\ne : 1\ndrive : 1 (constant)",
    threshold="v > 1",
    reset="v = 0; e += 1",
    refractory=0.5 * ms,
    every=(bt.dt, "e = -0.02*v"),
    name="cell",
)
EQUATIONS = """
level : 1 (linked)
w : 1
m : 1
du/dt = (Delta - u)/(70*ms) : 1
dDelta/dt = -Delta/tau : 1
g : 1
h : 1
k : 1
dc/dt = -c/(25*ms) : 1
da/dt = (b - a)/fast : 1
db/dt = -b/fast : 1
dx/dt = -x/(15*ms) : 1
"""
ADDED = [
    "Delta += a*e_post(t-dt)",
    "Delta -= (0.1*x + b*v_post)*2",
    "u += x*e_post*exp(-t/(100*ms))",
    "m += 0.1*a*v_post(t-0.3*ms)",
    "w += 0.01*x*e_post",
    "m -= x*where(v_post > 0.5, 1, 0)",
    "g += Delta*v_post",
    "h = g*e_post + 0.95*h",
    "s = x*v_post; g += s; s *= 0.5; h -= s*e_post",
    "f = 2*e_post; f += v_post; g -= 0.1*m*f; g *= exp(-dt/fast)",
    "m += 0.1*k*v_post; h += k; k = 0.9*k",
    "w += 0.01*c*level",
    "h = h*(1 - e_post) + 0.1*g",
    "m *= where(v_post > 0.9, 0, 1); m += 0.1*x*v_post; u += 0.1*m",
]
SELDOM = ["m = 0; w -= 0.01*m", "w -= 0.01*(g + h); g = 0; h *= 0.5; k = 0", "v_post += 0.001*m; x = 0; b *= 0.5"]
PRE = [
    "b += 1",
    "b = 1 - a",
    "w = clip(w + 0.01*u, 0, 1)",
    "Delta = 0",
    "u = 0.5*u + m",
    "m *= 0.9",
    "w += 0.001*m*Delta",
    "k += 1",
    "h = g",
    "c -= 0.1",
]
POST = [None, "x_now = x; v_post += 0.001*x_now", "g += 0.1*x; h *= 0.5", "m += 0.1*u; w += 0.001*m", "c += 0.3*x"]
VARIABLES = ("w", "m", "u", "Delta", "g", "h", "k", "c", "a", "b", "x")


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    """Blocks, delays, time constants: the fast one from below a step to well above a span."""
    on_pre = draw(st.permutations(["target += 0.02*w", "x += 1", *draw(st.lists(st.sampled_from(PRE), max_size=4, unique=True))]))
    every = "; ".join(draw(st.lists(st.sampled_from(ADDED), min_size=1, max_size=4, unique=True)))
    return {
        "every": every,
        "on_pre": "; ".join(on_pre),
        "on_post": draw(st.sampled_from(POST)),
        "seldom": draw(st.sampled_from([None, *SELDOM])),
        "first": draw(st.booleans()) and not {"u", "Delta", "c"} & set(re.findall(r"\w+", every)),
        "fast": draw(st.sampled_from([0.02, 0.3, 3.0, 40.0])) * ms,
        "seed": draw(st.integers(0, 999)),
        "delays": draw(st.tuples(*[st.integers(0, 30)] * 2)),
        "rate": draw(st.sampled_from([5, 40, 400])),
    }


def build(case: dict[str, Any], **options: Any) -> tuple[bt.Simulation, list[bt.Projection], bt.Population]:
    every = [("often", (bt.dt, case["every"]))]
    if case["seldom"] is not None:
        every.insert(0 if case["first"] else 1, ("seldom", (4.7 * ms, case["seldom"])))
    blocks = {"on_pre": case["on_pre"], "every": dict(every)}
    blocks |= {} if case["on_post"] is None else {"on_post": case["on_post"]}
    rule = bt.SynapseModel(EQUATIONS, **blocks, parameters={"tau": 20 * ms, "fast": case["fast"]}, name="rule")
    net = bt.Network()
    source = net.add(bt.Poisson(7, case["rate"] * Hz))
    cells = net.add(bt.Population(9, CELL, v=bt.Uniform(0, 1), drive=bt.Uniform(0.8, 2.0)))
    level = net.add(bt.Population(1, bt.NeuronModel("dlevel/dt = (1 - level)/(50*ms) : 1", name="level")))
    delays = {name: n * 0.1 * ms for name, n in zip(("axonal_delay", "dendritic_delay"), case["delays"], strict=True)}
    projections = [
        net.connect(
            pre,
            cells,
            rule,
            target="v",
            pattern=pattern,
            w=bt.Uniform(0, 1),
            u=bt.Uniform(0, 1),
            b=0.5,
            link={"level": level},
            **delays,
        )
        for pre, pattern in ((source, bt.AllToAll()), (cells, bt.FixedInDegree(4, multapses=True)))
    ]
    return bt.Simulation(net, dt=0.1 * ms, seed=case["seed"], **options), projections, cells


def run(case: dict[str, Any], **options: Any) -> tuple[dict[str, Any], bt.Simulation]:
    """Runs between which learning stops, values and parameters are read and set."""
    sim, projections, cells = build(case, **options)
    spikes = sim.record_spikes(cells)
    first, second = projections
    sim.run(23.7 * ms)
    found = {"u early": sim[first].u.magnitude}
    sim[first].learning = False
    sim.run(9.1 * ms)
    sim[first].learning = True
    sim[second].Delta = 0.3
    sim[second].a = 0.1
    sim[first].parameters.tau = 7 * ms
    sim.run(20 * ms)
    found |= {"spikes": np.stack([spikes.steps, spikes.indices])}
    return found | {f"{v} {n}": getattr(sim[p], v).magnitude for n, p in enumerate(projections) for v in VARIABLES}, sim


def agree(case: dict[str, Any]) -> None:
    (added_up, sim), (eager, _) = run(case), run(case, defer=False)
    assert set(sim.plan.accumulated) == {"rule_1", "rule_2"}, sim.explain()
    np.testing.assert_array_equal(added_up.pop("spikes"), eager.pop("spikes"))
    for name, expected in eager.items():
        scale = max(1.0, float(np.abs(expected).max()))
        np.testing.assert_allclose(added_up[name] / scale, expected / scale, rtol=1e-12, atol=1e-12, err_msg=name)


@settings(max_examples=1, derandomize=True, deadline=None)
@given(case=cases())
def test_added_up_equals_eager(case: dict[str, Any]) -> None:
    agree(case)


@pytest.mark.slow
@settings(settings.get_profile("compiled"))
@given(case=cases())
def test_added_up_equals_eager_in_many_cases(case: dict[str, Any]) -> None:
    agree(case)


CASE = {
    "every": "Delta += a*e_post(t-dt); w += 0.01*x*e_post + 0.01*c*level",
    "on_pre": "target += 0.02*w; b += 1; x += 1; w = clip(w + 0.01*u, 0, 1)",
    "on_post": "c += 0.3*x",
    "seldom": None,
    "first": False,
    "fast": 3 * ms,
    "seed": 5,
    "delays": (3, 1),
    "rate": 40,
}


def test_the_interpreter_agrees() -> None:
    added_up, expected = run(CASE)[0], run(CASE, backend="reference")[0]
    for name, values in expected.items():
        np.testing.assert_allclose(added_up[name], values, rtol=1e-11, atol=1e-12, err_msg=name)


VARYING = CASE | {
    "every": "h = h*(1 - e_post) + 0.1*g; g += x*v_post; m *= where(v_post > 0.9, 0, 1); m += 0.1*k*v_post; k = 0.9*k",
    "on_pre": "target += 0.02*w; x += 1; k += 1; w = clip(w + 0.001*h + 0.01*m, 0, 1)",
    "on_post": "h *= 0.5; g += 0.1*x",
    "seldom": "w -= 0.01*(g + h); g = 0; h *= 0.5; k = 0",
}
"""Factors get small when a neuron spikes, and nothing when it is about to."""


@pytest.mark.parametrize("first", [False, True])
def test_factors_that_come_to_nothing(first: bool) -> None:
    agree(VARYING | {"first": first})


@pytest.mark.parametrize("case", [pytest.param(CASE, marks=pytest.mark.slow), VARYING], ids=["fixed", "varying"])
def test_any_number_of_threads(case: dict[str, Any]) -> None:
    alone = run(case)[0]
    for threads in (2, 3, 8):
        for name, values in run(case, threads=threads)[0].items():
            np.testing.assert_array_equal(values, alone[name], err_msg=f"{name}, {threads} threads")


GROWING = {"m = 1.3*m + x*v_post": "m : 1", "m += x*v_post": "dm/dt = m/(0.3*ms) : 1", "m *= 300": "m : 1"}


@pytest.mark.parametrize("every", GROWING)
def test_what_grows_loses_no_digits(every: str) -> None:
    """An event sets back what has grown a thousandfold or more."""
    equations = PLAIN.replace("m : 1", GROWING[every])
    blocks = {"on_pre": "x += 1; w = clip(w + 0.001*m, 0, 1); m = 0", "on_post": "m = w", "every": (bt.dt, every)}
    found = []
    for options in ({}, {"backend": "reference"}):
        net = bt.Network()
        cells = net.add(bt.Population(5, CELL, drive=1.6, v=bt.Uniform(0, 1)))
        synapses = net.connect(net.add(bt.Poisson(3, 1500 * Hz)), cells, bt.SynapseModel(equations, **blocks))
        sim = bt.Simulation(net, dt=0.1 * ms, seed=1, **options)
        assert bool(sim.plan.accumulated) == (not options)
        sim.run(12.7 * ms)
        found.append(np.stack([sim[synapses].w.magnitude, sim[synapses].m.magnitude]))
    assert np.isfinite(found[1]).all()
    np.testing.assert_allclose(found[0], found[1], rtol=1e-11, atol=1e-13)


def test_variables_of_which_nothing_is_left_after_a_step_are_refused() -> None:
    equations = PLAIN.replace("du/dt = -u/(30*ms)", "du/dt = (n - u)/tau : 1\ndn/dt = -n/tau")
    rule = bt.SynapseModel(equations, on_pre="x += 1", every=(bt.dt, "n += x*v_post"), parameters={"tau": 1e-4 * ms})
    net = bt.Network()
    net.connect(net.add(bt.Poisson(3, 20 * Hz)), net.add(bt.Population(2, CELL)), rule)
    with pytest.raises(NetworkError, match=r"E401: nothing is left of '[nu]' after a time step.*\n.*\n.*\n.*defer=False"):
        bt.Simulation(net, dt=0.1 * ms)
    bt.Simulation(net, dt=0.1 * ms, defer=False).run(1 * ms)


def test_splits_and_reading_change_no_bit() -> None:
    """Between runs, within spans: what is read is evaluated, not written back."""
    found = []
    for pieces in ([30.0], [0.1, 6.3, 0.2, 11.4, 12.0]):
        sim, projections, _ = build(CASE)
        for piece in pieces:
            sim.run(piece * ms)
            for projection in projections:
                assert sim[projection].u.magnitude.size
        found.append([getattr(sim[p], v).magnitude for p in projections for v in VARIABLES])
    for one, other in zip(*found, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("tau_x", [200 * ms, 7 * ms, 2 * ms, 0.5 * ms])
@pytest.mark.parametrize("between", [None, "plan", "apart", "factor apart"])
def test_a_time_constant_that_changes_between_runs(tau_x: Quantity, between: str | None) -> None:
    """Spans may get shorter, and the plan may be made anew before the next run: the past keeps its numbers."""
    equations = "w : 1\ndx/dt = -x/tau_x : 1\ndz/dt = -z/(5*ms) : 1\ndD/dt = -D/(30*ms) : 1"
    rule = {"on_pre": "x += 1; z += 1; w += 0.1*D + z", "every": (bt.dt, "D += 0.01*x*v_post")}
    found = []
    for options in ({}, {"defer": False}, {"backend": "reference"}):
        net = bt.Network()
        source, cells = net.add(bt.Poisson(5, 50 * Hz)), net.add(bt.Population(7, CELL, drive=1.5, v=bt.Uniform(0, 1)))
        model = bt.SynapseModel(equations, **rule, parameters={"tau_x": 20 * ms}, name="rule")
        synapses = net.connect(source, cells, model, w=0.5, D=1)
        sim = bt.Simulation(net, dt=0.1 * ms, seed=1, **options)
        sim.run(10 * ms)
        sim[synapses].parameters.tau_x = tau_x
        if between == "plan":
            sim.record(cells, "e", when="after:every")
            assert sim.explain()
        if between == "apart":
            sim[synapses].z = np.linspace(0, 1, 35)
        if between == "factor apart":  # of what is added: from now on added up with each synapse
            sim[synapses].x = np.linspace(0, 1, 35)
        sim.run(5 * ms)
        found.append(np.stack([sim[synapses].D.magnitude, sim[synapses].w.magnitude]))
    np.testing.assert_allclose(found[0], found[2], rtol=1e-12)
    np.testing.assert_allclose(found[1], found[2], rtol=1e-12)


def test_reset_begins_anew() -> None:
    sim, (first, _), _ = build(CASE)
    sim.run(17.3 * ms)
    once = {v: getattr(sim[first], v).magnitude for v in VARIABLES}
    sim.reset()
    sim.run(17.3 * ms)
    for name, values in once.items():
        np.testing.assert_array_equal(getattr(sim[first], name).magnitude, values)
    sim.reset(keep=[(first, "u")])
    np.testing.assert_array_equal(sim[first].u.magnitude, once["u"])
    assert (sim[first].Delta.magnitude == 0).all()


@pytest.mark.parametrize("watched", ["u", "Delta", "c"])
def test_a_recorder_attached_later_goes_on_from_the_values(watched: str) -> None:
    ends = []
    for record in (True, False):
        sim, (first, _), _ = build(CASE)
        sim.run(11.3 * ms)
        before = getattr(sim[first], watched).magnitude
        recording = sim.record(first, watched) if record else None
        sim.run(9 * ms)
        assert set(sim.plan.accumulated) == ({"rule_2"} if record else {"rule_1", "rule_2"})
        ends.append(getattr(sim[first], watched).magnitude)
        if recording is not None:
            assert np.abs(recording.values.magnitude[0] - before).max() < 0.1
            np.testing.assert_array_equal(recording.values.magnitude[-1], ends[0])
    np.testing.assert_allclose(*ends, rtol=1e-12, atol=1e-13)


PLAIN = "w : 1\nm : 1\np : 1\ndu/dt = -u/(30*ms) : 1\ndx/dt = -x/(15*ms) : 1\n"
PRE_FIRST = ("integrate", "threshold", "on_pre", "every", "on_post", "reset")
POST_FIRST = ("integrate", "threshold", "on_post", "every", "on_pre", "reset")


def reason(rule: dict[str, Any], *, equations: str = PLAIN, **connect: Any) -> str:
    """What `explain` says of the regular block of a rule."""
    blocks = {"on_pre": "target += w; x += 1; w = u", "every": (bt.dt, "u += x*e_post")} | rule
    net = bt.Network()
    source = net.add(bt.Poisson(3, 20 * Hz))
    cells = net.add(bt.Population(2, CELL))
    order, watched = connect.pop("step_order", None), connect.pop("record", None)
    projection = net.connect(source, cells, bt.SynapseModel(equations, **blocks), target="v", **connect)
    sim = bt.Simulation(net, dt=0.1 * ms, **({} if order is None else {"step_order": order}))
    if watched is not None:
        sim.record(projection, **watched)
    (line,) = [line for line in sim.explain().splitlines() if "regular blocks act" in line or "is added up" in line]
    return line.strip()


@pytest.mark.parametrize(
    "rule, more, said",
    [
        ({}, {"record": {"variable": "w", "when": "transmitted"}}, "u follow from what it does, which is proportional to x"),
        ({}, {"x": np.arange(6.0)}, "x, u follow from what it does, which is proportional to x"),
        ({"on_post": "w += u"}, {}, "u follow from"),
        ({"every": (bt.dt, "s = x*e_post; u += s; m += u*e_post; m *= 0.9")}, {}, "u, m follow from"),
    ],
)
def test_explained(rule: dict[str, Any], more: dict[str, Any], said: str) -> None:
    found = reason(rule, **more)
    assert found.startswith("every is added up with each target")
    assert said in found


@pytest.mark.parametrize(
    "rule, more, said",
    [
        ({"every": (1 * ms, "u += x*e_post")}, {}, "there is no block for every step"),
        ({"every": {"a": (bt.dt, "u += x*e_post"), "b": (bt.dt, "m += x")}}, {}, "there are several blocks for every step"),
        ({"on_pre": {"a": "x += 1", "b": "w = u"}}, {}, "there are several presynaptic blocks"),
        ({}, {"axonal_delay": np.arange(6) * ms}, "presynaptic events reach the synapses of a neuron at different times"),
        ({}, {"step_order": PRE_FIRST}, "in this step order presynaptic events do not come last"),
        ({"every": (bt.dt, "u = x*e_post")}, {}, "it sets u anew"),
        ({"every": (bt.dt, "m = x*e_post; u += m")}, {}, "it sets m anew"),
        ({"every": (bt.dt, "x += e_post; u += x")}, {}, "what it does with x is not proportional to variables of the synapse"),
        ({"every": (bt.dt, "u += x*e_post; e_post += x")}, {}, "it changes e_post"),
        ({"every": (bt.dt, "u += x*e_post; target += 0.1*u")}, {}, "it gives the neuron something"),
        ({"every": (bt.dt, "u += x*e_post; target = 0.1*e_post")}, {}, "it gives the neuron something"),
        ({"every": (bt.dt, "w += x*e_post; m += w*v_post")}, {}, "it uses w, which it has changed, and learning=False leaves"),
        ({"every": (bt.dt, "u += x*e_post + 0.1")}, {}, "what it does with u is not proportional to variables of the synapse"),
        ({"every": (bt.dt, "u *= x")}, {}, "what it does with u is not proportional to variables of the synapse"),
        ({"every": (bt.dt, "u += x*x*e_post")}, {}, "what it does with u is not linear"),
        ({"every": (bt.dt, "u += x*m")}, {}, "what it does with u is not linear"),
        ({"every": (bt.dt, "u += x*rand()")}, {}, "what it adds to u has factors of its own for each synapse: it is drawn"),
        ({"every": (bt.dt, "u += x*k"), "parameters": {"k": 2.0}}, {"k": np.arange(6.0)}, "each synapse has its own k"),
        ({"every": (bt.dt, "u += x*e_post; u *= 0.5")}, {}, "it multiplies u, which has an equation"),
        ({"every": (bt.dt, "u += x*e_post; w *= 0.5")}, {}, "it multiplies w, which is a weight"),
        ({"every": (bt.dt, "m = k*m + x"), "parameters": {"k": 0.9}}, {"k": np.arange(6.0)}, "each synapse has its own k"),
        ({"every": (bt.dt, "k = m; m += u*e_post + x; u += k*e_post")}, {}, "u and m depend on one another"),
        ({"every": (bt.dt, "m += e_post")}, {}, "it changes nothing that each synapse keeps"),
        ({"every": (bt.dt, "u += p*e_post; p = 0.5*p + 0.1*x"), "on_pre": "x += 1; p += x"}, {}, "it does more than multiply p"),
        ({"every": {"a": (1 * ms, "u = 0"), "b": (bt.dt, "u += x*e_post")}}, {}, "a uses u, and comes first"),
        ({"on_post": "w += u"}, {"step_order": POST_FIRST}, "on_post uses u, and comes first"),
        ({"on_pre": "target += w; x += 1; w = u(t-dt)"}, {}, "its past is kept"),
        ({}, {"record": {"variable": "u", "every": 10 * ms}}, "a recorder looks at u"),
        ({"on_post": "m += 1"}, {"record": {"variable": "w", "when": "after"}}, "a recorder looks at u"),
        ({}, {"equations": PLAIN.replace("-u/(30*ms) : 1", "-u/(30*ms) : 1 (min=0)")}, "u has bounds"),
        ({}, {"equations": PLAIN.replace("-u/(30*ms)", "(1 - u)/(30*ms)")}, "the equation of u has a term without it"),
        ({}, {"equations": PLAIN.replace("-u/(30*ms)", "-u*m/(30*ms)")}, "u is advanced otherwise"),
        ({}, {"equations": PLAIN.replace("-u/(30*ms)", "-u/(30*ms) + 0.1*xi*second**-0.5")}, "u is noisy"),
        ({}, {"equations": PLAIN + "dz/dt = (u - z*m)/ms : 1"}, "the equation of z reads u"),
    ],
)  # fmt: skip
def test_regular_blocks_act_on_each_synapse(rule: dict[str, Any], more: dict[str, Any], said: str) -> None:
    found = reason(rule, **more)
    assert found.startswith("regular blocks act on each synapse: ")
    assert said in found


def test_each_synapse_may_have_an_equation_of_its_own() -> None:
    equations = PLAIN.replace("-u/(30*ms)", "-u/tau_u") + "tau_u : ms (constant)\n"
    assert "each synapse has its own equation of u" in reason({}, equations=equations, tau_u=bt.Uniform(10 * ms, 20 * ms))


def test_a_fault_in_what_is_added_up_is_found() -> None:
    model = bt.NeuronModel("v : 1", name="broken")
    rule = bt.SynapseModel(
        "u : 1\ndx/dt = -x/(9*ms) : 1", on_pre="x += 1", every=(bt.dt, "u += x/(v_post - v_post)"), name="rule"
    )
    net = bt.Network()
    net.connect(net.add(bt.SpikeTimes(2, [1] * ms, [0])), net.add(bt.Population(1, model)), rule)
    sim = bt.Simulation(net, dt=0.1 * ms)
    assert sim.plan.accumulated
    with pytest.raises(SimulationError, match=r"'u' of element 0 .* at 0\.1 ms"):
        sim.run(0.5 * ms)
