"""Waiting events that are carried out at once: the numbers of single ones, and always the same bits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bouton as bt
from bouton.backends.reference import functions as reference
from bouton.errors import SimulationError
from bouton.kernels import functions
from bouton.plan.nodes import HISTORY, SUMMED, WINDOW
from bouton.runtime import propagators
from bouton.units import Hz, ms

CELL = bt.NeuronModel(
    "dv/dt = (drive - v)/(10*ms) : 1\ndrive : 1 (constant)",
    threshold="v > 1",
    reset="v = 0",
    name="cell",
)
NOW = bt.NeuronModel("v : 1\nt_now : 1 (constant)", threshold="abs(t/ms - t_now) < 0.01", name="now")
EQUATIONS = """
w : 1{bounds}
eta : 1 (constant)
dx/dt = -x/tau : 1
dy/dt = -y/(25*ms) : 1
"""
SUMS = [
    ("w += eta*x", ""),
    ("w -= 0.02*x", " (min=0)"),
    ("w += A*x/2", " (min=0, max=top)"),
    ("w = w + A*x", ""),
    ("w = x*A + w", " (max=1)"),
    ("w = clip(w + A*x, 0, top)", ""),
    ("w = clip(w - eta*x, 0.1, 0.9)", " (min=0, max=1)"),
    ("w = min(w + A*x, top)", ""),
    ("w = maximum(0.2, w - A*x)", ""),
    ("w = max(min(w + (A + eta)*x, top), 0)", ""),
]


def simulation(case: dict[str, Any], **options: Any) -> tuple[bt.Simulation, Any, Any]:
    on_post, bounds = case["rule"]
    rule = bt.SynapseModel(
        EQUATIONS.format(bounds=bounds),
        on_pre=case["on_pre"],
        on_post="y += 1; " + on_post if case["first"] else on_post + "; y += 1",
        parameters={"top": 1.0, "A": case["A"], "tau": 15 * ms},
        name="rule",
    )
    net = bt.Network()
    source = net.add(bt.Poisson(7, case["rate"] * Hz))
    cells = net.add(bt.Population(9, CELL, v=bt.Uniform(0, 1), drive=bt.Uniform(0.8 * case["drive"], case["drive"])))
    names = ("axonal_delay", "dendritic_delay", "backprop_delay")
    delays = {name: steps * 0.1 * ms for name, steps in zip(names, case["delays"], strict=True)}
    values = {"w": bt.Uniform(-0.3, 1.3), "eta": bt.Uniform(0, 0.05), "x": 0.5}
    projections = [
        net.connect(pre, cells, rule, target="v", pattern=pattern, **values, **delays)
        for pre, pattern in ((source, bt.AllToAll()), (cells, bt.FixedInDegree(4, multapses=True)))
    ]
    return bt.Simulation(net, dt=0.1 * ms, seed=case["seed"] % 1000, **options), cells, projections


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    """Rules that add up, delays, and how fast cells fire: up to more between two presynaptic spikes than can wait."""
    return {
        "rule": draw(st.sampled_from(SUMS)),
        "on_pre": draw(
            st.sampled_from(["target += 0.02*w; x += 1; w -= 0.01*y", "x = 1; w = clip(w - 0.02*y, 0, 1); target += 0.1*w"])
        ),
        "first": draw(st.booleans()),
        "seed": draw(st.integers(0, 2**32)),
        "A": draw(st.sampled_from([0.03, -0.05, 0.4])),
        "delays": draw(st.tuples(*[st.integers(0, 30)] * 3)),
        "drive": draw(st.sampled_from([0.9, 1.3, 3.0, 30.0])),
        "rate": draw(st.sampled_from([5, 40, 400])),
    }


def run(case: dict[str, Any], **options: Any) -> dict[str, Any]:
    """Runs with parameters, variables and learning changed in between."""
    sim, cells, (first, second) = simulation(case, **options)
    assert (("rule_1", ":sums") in {slot.key for slot in sim.plan.slots}) == options.get("defer", True)
    spikes = sim.record_spikes(cells)
    transmitted = sim.record(second, "w", when="transmitted")
    sim.run(40 * ms)
    sim[first].parameters.tau = 9 * ms
    sim[first].learning = False
    sim.run(20 * ms)
    sim[first].learning = True
    sim[second].w = np.linspace(-0.5, 1.5, 36)
    sim[second].parameters.A = 0.02
    sim.run(40 * ms)
    found = {f"{v} {n}": getattr(sim[p], v).magnitude for n, p in enumerate((first, second)) for v in ("w", "x", "y")}
    found["spikes"] = np.stack([spikes.steps, spikes.indices])
    return found | {"events": np.stack([transmitted.steps, transmitted.synapses]), "transmitted": transmitted.values.magnitude}


def agree(case: dict[str, Any]) -> None:
    added_up, eager = run(case), run(case, defer=False)
    for name, expected in eager.items():
        if name in {"spikes", "events"}:
            np.testing.assert_array_equal(added_up[name], expected, err_msg=name)
        else:
            np.testing.assert_allclose(added_up[name], expected, rtol=1e-12, atol=1e-13, err_msg=name)


@settings(max_examples=1, derandomize=True, deadline=None)
@given(case=cases())
def test_a_sum_equals_single_events(case: dict[str, Any]) -> None:
    agree(case)


@pytest.mark.slow
@settings(settings.get_profile("compiled"))
@given(case=cases())
def test_a_sum_equals_single_events_in_many_cases(case: dict[str, Any]) -> None:
    agree(case)


def same_bits(case: dict[str, Any]) -> None:
    """Threads, pieces of a run, looking in between, recorders: nothing of it changes a bit."""
    found = []
    for threads, pieces, looks in ((1, [60.0], False), (1, [7.3, 12.7, 40.0], True), (3, [31.1, 28.9], True), (2, [60.0], False)):
        sim, cells, (first, second) = simulation(case, threads=threads)
        spikes = sim.record_spikes(cells)
        for number, piece in enumerate(pieces):
            sim.run(piece * ms)
            if looks:
                assert (sim[first].w.magnitude == sim[first].w.magnitude).all()
                if number == 0:
                    sim.record(second, "w", every=0.1 * ms)
                    sim.record(first, "w", every=0.7 * ms, when="after:on_pre")
                    sim.explain()  # makes the new plan, while events wait that the old one knows
                    before = sim[first].w.magnitude
                    assert (before == sim[first].w.magnitude).all()
        found.append([np.stack([spikes.steps, spikes.indices]), *(sim[p].w.magnitude for p in (first, second))])
    for other in found[1:]:
        for ours, meant in zip(other, found[0], strict=True):
            np.testing.assert_array_equal(ours, meant)


@settings(max_examples=1, derandomize=True, deadline=None)
@given(case=cases())
def test_nothing_changes_a_bit(case: dict[str, Any]) -> None:
    same_bits(case)


@pytest.mark.slow
@settings(settings.get_profile("compiled"))
@given(case=cases())
def test_nothing_changes_a_bit_in_many_cases(case: dict[str, Any]) -> None:
    same_bits(case)


ERAS = [(0.3, 0.5), (0.02, 2.0), (3.0, 0.0)]
"""Exponents by which numbers grow in an era, and with which it reaches back, so small that sources and targets get out of it."""


def shorten_eras(monkeypatch: pytest.MonkeyPatch, grows: float, reaches: float) -> None:
    monkeypatch.setattr(propagators, "_GROWS", grows)
    monkeypatch.setattr(propagators, "_REACHES", {True: reaches, False: reaches})


@pytest.mark.parametrize("era, rate, drive", list(zip(ERAS, (40, 5, 400), (1.3, 30.0, 0.9), strict=True)))
def test_eras_may_be_short(era: tuple[float, float], rate: int, drive: float, monkeypatch: pytest.MonkeyPatch) -> None:
    shorten_eras(monkeypatch, *era)
    case = BUSY | {"rate": rate, "drive": drive}
    agree(case)
    same_bits(case)


@pytest.mark.slow
@settings(settings.get_profile("compiled"))
@given(case=cases(), era=st.sampled_from(ERAS))
def test_eras_may_be_short_in_many_cases(case: dict[str, Any], era: tuple[float, float]) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        shorten_eras(monkeypatch, *era)
        agree(case)
        same_bits(case)


def test_an_era_ends_before_digits_are_lost() -> None:
    """Exponents of at most 32 in an era, 40 back in single precision (floats end at 87), 300 in double (at 700)."""
    assert propagators.era_steps([1 / 200, 1 / 100], single=False) == (3200, 30_000)
    assert propagators.era_steps([1 / 200], single=True) == (6400, 8000)
    assert propagators.era_steps([0.0], single=True)[0] == 2**24
    assert propagators.era_steps([50.0], single=True) == (1, 0)


@pytest.mark.parametrize(
    "precision, tau", [("double", 1e-4), ("double", 0.3), ("double", 1e5), ("single", 1e-3), ("single", 1e5)]
)
def test_time_constants_may_be_shorter_than_a_step_or_longer_than_a_run(precision: str, tau: float) -> None:
    found = []
    for defer in (True, False):
        sim, _, (first, second) = simulation(BUSY | {"rate": 40, "drive": 3.0}, defer=defer, precision=precision)
        sim[first].parameters.tau = tau * ms
        sim[first].y, sim[second].y = 0.7, 0.3
        sim.run(30 * ms)
        sim[second].y = 5.0
        sim.run(30 * ms)
        found += [sim[p].w.magnitude for p in (first, second)]
    for ours, meant in zip(found[:2], found[2:], strict=True):
        np.testing.assert_allclose(ours, meant, rtol=1e-12 if precision == "double" else 1e-4, atol=1e-13)


@pytest.mark.parametrize("scale", [1e-30, 1e-23, 1.0, 1e20])
def test_traces_may_be_small_or_large_in_single_precision(scale: float) -> None:
    """A source at the end of one era and of another, with traces near the ends of what numbers of four bytes hold."""
    rule = bt.SynapseModel("w : 1\ndx/dt = -x/ms : 1", on_pre="transmit = w; x += S", on_post="w += x/S", parameters={"S": scale})
    found = []
    for options in ({"precision": "single"}, {"defer": False}):
        net = bt.Network()
        source, cell = net.add(bt.SpikeTimes(1, [25, 64.5] * ms)), net.add(bt.Population(1, NOW, t_now=[25.5]))
        projection = net.connect(source, cell, rule, target="v")
        sim = bt.Simulation(net, dt=0.1 * ms, **options)
        sim.run(70 * ms)
        found.append(sim[projection].w.magnitude)
    np.testing.assert_allclose(found[0], found[1], rtol=1e-4)


BUSY = {
    "rule": SUMS[5],
    "on_pre": "target += 0.02*w; x += 1",
    "first": True,
    "seed": 3,
    "A": 0.03,
    "delays": (3, 2, 1),
    "drive": 30.0,
}


def test_nothing_changes_a_bit_where_many_wait() -> None:
    same_bits(BUSY | {"rate": 20})


def test_a_new_plan_does_not_lose_what_waits() -> None:
    found = []
    for defer in (True, False):
        sim, _, (first, second) = simulation(BUSY | {"rate": 20}, defer=defer)
        sim.run(40 * ms)
        sim.record(first, "x")
        sim.explain()
        shown = [sim[first].w.magnitude]
        sim[first].learning = False
        sim[second].parameters.A = -0.05
        sim.record(second, "w", when="before")
        sim.explain()
        sim.run(20 * ms)
        found.append([*shown, sim[first].w.magnitude, sim[second].w.magnitude])
    for ours, meant in zip(*found, strict=True):
        np.testing.assert_allclose(ours, meant, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("bounds", ["", " (min=0, max=1)"])
def test_nothing_times_infinity_is_nothing(bounds: str) -> None:
    rule = bt.SynapseModel(
        f"w : 1{bounds}\ndx/dt = -x/(15*ms) : 1",
        on_pre="x += 1; target += 0.02*w",
        on_post="w += A*x",
        parameters={"A": np.inf},
    )
    net = bt.Network()
    projection = net.connect(net.add(bt.SpikeTimes(1, [1, 2, 3] * ms)), net.add(bt.Population(1, CELL)), rule, target="v", w=0.3)
    sim = bt.Simulation(net, dt=0.1 * ms)
    sim.run(4 * ms)
    assert sim[projection].w.magnitude == [0.3]


def test_a_fault_elsewhere_does_not_keep_from_reading() -> None:
    explodes = bt.NeuronModel("du/dt = 5*u**2/(10*ms) : 1", name="explodes", method={"u": "euler"})
    rule = bt.SynapseModel("w : 1\ndx/dt = -x/(15*ms) : 1", on_pre="x += 1; target += 0.02*w", on_post="w += 0.1*x")
    net = bt.Network()
    net.add(bt.Population(1, explodes, u=0.9))
    projection = net.connect(net.add(bt.Poisson(3, 100 * Hz)), net.add(bt.Population(2, CELL, drive=9.0)), rule, target="v")
    sim = bt.Simulation(net, dt=0.1 * ms)
    with pytest.raises(SimulationError, match="'u' of element 0"):
        sim.run(40 * ms)
    assert np.isfinite(sim[projection].w.magnitude).all()


def test_samples_are_those_of_events_that_act_at_once() -> None:
    """Cells fire some 300 times a second, sources now and then, so that many events wait at most samples."""
    found = []
    for defer in (True, False):
        sim, _, (first, second) = simulation(BUSY | {"rate": 20}, defer=defer)
        recorded = [sim.record(p, "w", every=every, when=when) for p in (first, second)
                    for every, when in ((0.1 * ms, "end"), (1.3 * ms, "start"), (2 * ms, "after:on_pre"))]  # fmt: skip
        sim.run(80 * ms)
        found.append([np.asarray(each.values.magnitude) for each in recorded])
    for ours, meant in zip(*found, strict=True):
        np.testing.assert_allclose(ours, meant, rtol=1e-12, atol=1e-13)
    assert np.ptp(found[0][0]) > 0.3


@pytest.mark.slow
def test_lists_are_emptied_in_time() -> None:
    """A cell that fires in each step, as no list could hold it: 1000 events between two presynaptic ones."""
    model = bt.NeuronModel("v : 1", threshold="v < 1", name="busy")
    rule = bt.SynapseModel("w : 1\ndx/dt = -x/(9*ms) : 1", on_pre="x += 1", on_post="w += x", name="rule")
    found = []
    for options in ({"defer": True}, {"defer": False}, {"threads": 3}):
        net = bt.Network()
        source = net.add(bt.SpikeTimes(2, [1, 101] * ms, [0, 0]))
        projection = net.connect(source, net.add(bt.Population(3, model)), rule)
        sim = bt.Simulation(net, dt=0.1 * ms, **options)
        sim.run(120 * ms)
        found.append(sim[projection].w.magnitude)
    np.testing.assert_allclose(found[0], found[1], rtol=1e-12)
    np.testing.assert_array_equal(found[0], found[2])
    assert HISTORY - WINDOW + WINDOW - 1 < HISTORY


@pytest.mark.parametrize(
    "on_post, equations",
    [
        ("w += 0.1*x*y", "w : 1"),
        ("w += 0.1*x*(1 - w)", "w : 1"),
        ("w += 0.1*x*x", "w : 1"),
        ("w += 0.1*x + 0.01", "w : 1"),
        ("w *= 1 + x", "w : 1"),
        ("w = 0.99*w + 0.1*x", "w : 1"),
        ("w += 0.1*x*v_post", "w : 1"),
        ("w += 0.1*x*t/ms", "w : 1"),
        ("w = clip(w + x, 0, v_post)", "w : 1"),
        ("w = clip(2*w + x, 0, 1)", "w : 1"),
        ("w += 0.1*x; m += x", "w : 1\nm : 1"),
        ("s = 0.1*x; w += s", "w : 1"),
        ("w += 0.1*z", "w : 1\nz : 1"),
        ("w += 0.1*u", "w : 1\ndu/dt = (0.5 - u)/(20*ms) : 1"),
    ],
)
def test_other_rules_do_not_add_up(on_post: str, equations: str) -> None:
    net = bt.Network()
    source = net.add(bt.Poisson(3, 20 * Hz))
    rule = bt.SynapseModel(
        f"{equations}\ndx/dt = -x/(20*ms) : 1\ndy/dt = -y/(20*ms) : 1", on_pre="x += 1; target += w", on_post=f"y += 1; {on_post}"
    )
    net.connect(source, net.add(bt.Population(2, CELL)), rule, target="v")
    sim = bt.Simulation(net, dt=0.1 * ms)
    assert "postsynaptic events wait" in sim.explain()
    assert not [slot for slot in sim.plan.slots if slot.name == ":sums"]


def test_traces_with_a_rate_for_each_neuron_do_not_add_up() -> None:
    net = bt.Network()
    source = net.add(
        bt.Population(3, bt.NeuronModel("tau : second (constant)", threshold="rand() < 0.01", name="s"), tau=[9, 10, 11] * ms)
    )
    rule = bt.SynapseModel("w : 1\ndx/dt = -x/tau_pre : 1", on_pre="x += 1; target += w", on_post="w += x")
    net.connect(source, net.add(bt.Population(2, CELL)), rule, target="v")
    assert not [slot for slot in bt.Simulation(net, dt=0.1 * ms).plan.slots if slot.name == ":sums"]


def test_first_since() -> None:
    rng = np.random.default_rng(1)
    assert functions.SUMMED == SUMMED
    for since in (-(2**30), 0, 5, 9, 2**31 - 1):
        recent = [*np.sort(rng.integers(-5, 10, SUMMED)).tolist(), -(2**30)]
        at = reference.first_since([0, 0, *recent], 2, since)
        assert at == 2 + sum(step < since for step in recent[:SUMMED])
