"""Rules composed on one synapse: the numbers of one written by hand, and refusals where parts do not fit together."""

from __future__ import annotations

import numpy as np
import pytest

import bouton as bt
from bouton.errors import Code, ModelError, NetworkError
from bouton.units import Hz, ms

STDP = bt.SynapseModel(
    "w : 1 (min=0, max=w_max)\ndx/dt = -x/tau : 1\ndy/dt = -y/tau : 1",
    on_pre="transmit = w; x += A; w -= y",
    on_post="y += 1.05*A; w += x",
    parameters={"tau": 20 * ms, "A": 0.01, "w_max": 1.0},
    name="stdp",
)
DEPRESSING = bt.SynapseModel(
    "du/dt = -u/tau : 1\ndx/dt = (1 - x)/tau_rec : 1",
    on_pre="u += U*(1 - u); r = u*x; transmit = r; x -= r",
    parameters={"tau": 100 * ms, "tau_rec": 200 * ms, "U": 0.2},
    name="tm",
)
DECAY = bt.SynapseModel("w : 1", every=(bt.dt, "w -= rate*w"), parameters={"rate": 1e-3}, name="decay")
IDLE = bt.SynapseModel("dx/dt = -x/(10*ms) : 1\nn : 1", on_pre="x += 1; n += x", on_post="n -= 1", name="idle")
CELL = bt.NeuronModel("dg/dt = -g/(5*ms) : 1", threshold="rand() < 0.01", name="cell")


def run(model: bt.SynapseModel, backend: str = "cpu", **values: object) -> tuple[bt.Simulation, bt.Projection, bt.Population]:
    net = bt.Network()
    source, cells = net.add(bt.Poisson(20, 40 * Hz)), net.add(bt.Population(3, CELL))
    projection = net.connect(source, cells, model, target="g", w=0.5, **values)
    sim = bt.Simulation(net, dt=0.1 * ms, seed=2, backend=backend)
    sim.run(100 * ms)
    return sim, projection, cells


@pytest.mark.parametrize("backend", ["cpu", "reference"])
def test_parts_do_what_one_rule_written_by_hand_does(backend: str) -> None:
    hand = bt.SynapseModel(
        "w : 1 (min=0, max=1)\ndu/dt = -u/(100*ms) : 1\ndx/dt = (1 - x)/(200*ms) : 1\ndp/dt = -p/tau : 1\ndq/dt = -q/tau : 1",
        on_pre="u += 0.2*(1 - u); r = u*x; f = r; x -= r; g_post += f*w; p += A; w -= q",
        on_post="q += 1.05*A; w += p",
        every=(bt.dt, "w -= 1e-3*w"),
        parameters={"tau": 20 * ms, "A": 0.01},
    )
    sim, ours, cells = run(DEPRESSING & STDP & DECAY, backend, tm_x=1.0)
    other, theirs, others = run(hand, backend, x=1.0)
    for mine, name in (("w", "w"), ("tm_u", "u"), ("tm_x", "x"), ("stdp_x", "p"), ("stdp_y", "q")):
        np.testing.assert_array_equal(getattr(sim[ours], mine).magnitude, getattr(other[theirs], name).magnitude, err_msg=mine)
    np.testing.assert_array_equal(sim[cells].g.magnitude, other[others].g.magnitude)
    assert sim[cells].g.magnitude.min() > 0.1


@pytest.mark.parametrize("composed, name", [(STDP & IDLE, "stdp"), (IDLE & STDP, "stdp")])
def test_a_part_that_does_nothing_changes_nothing(composed: bt.SynapseModel, name: str) -> None:
    (sim, ours, cells), (other, theirs, others) = (run(each, "reference") for each in (composed, STDP))
    np.testing.assert_array_equal(sim[cells].g.magnitude, other[others].g.magnitude)
    for variable in ("w", "x", "y"):
        mine = variable if variable == "w" else f"{name}_{variable}"
        np.testing.assert_array_equal(getattr(sim[ours], mine).magnitude, getattr(other[theirs], variable).magnitude)


def test_the_order_of_parts_is_that_of_their_statements_and_brackets_do_not_matter() -> None:
    one, other = (DEPRESSING & STDP) & DECAY, DEPRESSING & (STDP & DECAY)
    assert [b.text for b in one.blocks] == [b.text for b in other.blocks]
    assert one.parts == other.parts == (DEPRESSING, STDP, DECAY)
    assert one.blocks[0].text.startswith("tm_u += ")
    assert (STDP & DEPRESSING).blocks[0].text.startswith("stdp_transmit = w")


def test_everything_but_the_weight_is_a_parts_own() -> None:
    noisy = bt.SynapseModel(
        "dw/dt = xi*second**-0.5 + past : 1\nL_post = w*z : 1 (summed)\nz = d + x(t-dt) : 1\nx : 1\nd : 1 (linked)\npast : 1",
        method="euler_maruyama",
        on_event={"reward": "x += 1; near = x; past = near"},
        on_pre={"late": "x *= 2"},
        delays={"late": 3 * ms},
        name="n",
    )
    composed = noisy & IDLE
    assert composed.text.splitlines() == [
        "dw/dt = xi_n * second**(-0.5) + n_past : 1",
        "L_post = w * n_z : 1 (summed)",
        "n_z = n_d + n_x(t - dt) : 1",
        "n_x : 1",
        "n_d : 1 (linked)",
        "n_past : 1",
        "didle_x/dt = -idle_x / (10 * ms) : 1",
        "idle_n : 1",
    ]
    assert {b.name: b.text for b in composed.blocks} == {
        "n_late": "n_x *= 2",
        "on_pre": "idle_x += 1; idle_n += idle_x",
        "on_post": "idle_n -= 1",
        "reward": "n_x += 1; n_near = n_x; n_past = n_near",
    }
    assert composed.method == {"w": "euler_maruyama"}
    assert dict(composed.delays) == {"n_late": 3 * ms}


def two(*arguments: object, **options: object) -> bt.SynapseModel:
    return bt.SynapseModel(*arguments, name="other", **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "other, found",
    [
        (STDP, "two parts are called 'stdp'"),
        (two("w : siemens"), "its unit is 1 in 'stdp' and siemens in 'other'"),
        (two("w : 1 (max=3)"), "it has bounds in 'stdp' and in 'other'"),
        (two("w = 2*rho : 1\nrho : 1"), "w : 1 (min=0, max=stdp_w_max) in 'stdp', w = 2 * other_rho : 1 in 'other'"),
        (two("", on_pre="target += 2"), "'other' delivers by itself: target += 2"),
        (two("", on_pre="transmit = 2", delays={"on_pre": 2 * ms}), "run at different times, and both transmit"),
    ],
)
def test_parts_that_do_not_fit_together_are_refused(other: bt.SynapseModel, found: str) -> None:
    with pytest.raises(ModelError) as caught:
        _ = STDP & other
    assert caught.value.code is Code.DOES_NOT_COMPOSE
    assert found in str(caught.value)


def part(name: str, *arguments: object, **options: object) -> bt.SynapseModel:
    return bt.SynapseModel(*arguments, name=name, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "one, other, found",
    [
        (part("a", "x : 1", parameters={"b_c": 1.0}), part("a_b", "y : 1", parameters={"c": 2.0}), "would own 'a_b_c'"),
        (part("a", "b_c : 1"), part("a_b", "y : 1", on_pre="c = 7; y += c"), "would own 'a_b_c'"),
        (
            part("a", "x : 1", every={"b_c": (1 * ms, "x += 1")}),
            part("a_b", "x : 1", every={"c": (2 * ms, "x += 1")}),
            "would own 'a_b_c'",
        ),
        (
            part("a", "x : 1", on_pre={"b_l": "x += 1"}, delays={"b_l": 5 * ms}),
            part("a_b", "x : 1", on_pre={"l": "x += 1"}, delays={"l": 2 * ms}),
            "would own 'a_b_l'",
        ),
        (part("a", "dx/dt = xi_b : 1"), part("a_b", "dx/dt = xi : 1"), "would own 'xi_a_b'"),
        (part("g", "z : 1", on_pre="post = 3; z += post"), part("b"), "'g_post' would be a variable of a neuron"),
        (
            part("a", "x : 1", on_event={"r": "x += 1"}, delays={"r": 1 * ms}),
            part("b", "x : 1", on_event={"r": "x += 1"}),
            "give 'r' different delays",
        ),
    ],
)
def test_names_that_two_parts_would_own_are_refused(one: bt.SynapseModel, other: bt.SynapseModel, found: str) -> None:
    with pytest.raises(ModelError) as caught:
        _ = one & other
    assert caught.value.code is Code.DOES_NOT_COMPOSE
    assert found in str(caught.value)


def test_a_parameter_called_w_is_a_parts_own() -> None:
    composed = part("a", "x : 1", on_pre="transmit = w", parameters={"w": 0.5}) & part("b", "w : 1", on_pre="transmit = w")
    assert composed.blocks[0].text == "a_transmit = a_w; b_transmit = w; target += a_transmit * b_transmit"
    assert dict(composed.parameters) == {"a_w": 0.5}


def test_named_blocks_without_a_delay_run_in_the_order_of_the_parts() -> None:
    composed = (
        part("a", "w : 1", on_pre="w += 1") & part("b", "w : 1", on_pre={"main": "w *= 2"}) & part("c", "w : 1", on_pre="w += 10")
    )
    assert [b.text for b in composed.blocks] == ["w += 1; w *= 2; w += 10"]


def test_delays_of_third_events_stay() -> None:
    composed = part("a", "x : 1", on_event={"reward": "x += 1"}, delays={"reward": 3 * ms}) & part("b")
    assert dict(composed.delays) == {"reward": 3 * ms}


def learned(model: bt.SynapseModel, **values: float) -> dict[str, float]:
    """All plain variables after two presynaptic spikes with learning off."""
    net = bt.Network()
    source, cell = net.add(bt.SpikeTimes(1, [1, 5] * ms)), net.add(bt.Population(1, CELL))
    projection = net.connect(source, cell, model, target="g", **values)
    sim = bt.Simulation(net, dt=0.1 * ms)
    sim[projection].learning = False
    sim.run(10 * ms)
    return {e.name: float(getattr(sim[projection], e.name).magnitude[0]) for e in model.equations if e.kind == "variable"}


def test_each_part_says_what_its_weights_are() -> None:
    none = part("a", "store : 1", on_pre="store += 1; transmit = store", weights=())
    named = part("b", "z : 1", on_pre="z += 1; transmit = z", weights=("z",))
    found = part("c", "w : 1", on_pre="transmit = w; w += 1")
    assert learned(none & found) == {"a_store": 2.0, "w": 0.0}
    assert learned(found & named) == {"w": 0.0, "b_z": 0.0}
    assert learned(none & named) == {"a_store": 2.0, "b_z": 0.0}
    assert learned(none & part("d", "q : 1", on_pre="q += 1; transmit = q")) == {"a_store": 2.0, "d_q": 0.0}


def test_a_composition_by_another_name_is_one_part() -> None:
    first, second = (IDLE & DEPRESSING).named("one"), (IDLE & DEPRESSING).named("two")
    assert "done_idle_x/dt = -one_idle_x / (10 * ms) : 1" in (first & second).text


def test_a_second_part_of_one_kind_needs_a_name_of_its_own() -> None:
    slow = STDP.named("slow")
    assert "dslow_x/dt" in (bt.SynapseModel("", name="plain") & slow).text
    with pytest.raises(ModelError, match="bounds in 'stdp' and in 'slow'"):
        _ = STDP & slow


def test_only_models_compose() -> None:
    with pytest.raises(TypeError, match="unsupported operand"):
        _ = STDP & "tm"


@pytest.mark.parametrize(
    "text",
    ["transmit = 1; transmit = 2", "transmit *= 2", "transmit = 1; target += 2", "transmit = 1; x = 2*transmit; target = x"],
)
def test_what_is_transmitted_is_said_once(text: str) -> None:
    with pytest.raises(ModelError) as caught:
        bt.SynapseModel("x : 1", on_pre=text)
    assert caught.value.code is Code.NOT_ASSIGNABLE
    assert caught.value.span is not None


def test_no_variable_is_called_transmit() -> None:
    with pytest.raises(NetworkError, match="is what a presynaptic block transmits"):
        bt.SynapseModel("transmit : 1")


def test_a_weight_may_have_an_equation_from_one_part() -> None:
    """dw/dt = -w/(10 ms) from one part, what spikes add from another, a bound from a third: w follows in closed form."""
    decaying = bt.SynapseModel("dw/dt = -w/(10*ms) : 1", name="decaying")
    adding = bt.SynapseModel("w : 1", on_pre="w += 0.25", name="adding")
    bounded = bt.SynapseModel("w : 1 (max=1)", name="bounded")
    for rule in (decaying & adding & bounded, bounded & adding & decaying):
        found = bt.protocols.play(rule, [10.0, 20.0] * ms, [] * ms, w=0.5, duration=30 * ms, target=None).final().magnitude
        meant = ((0.5 * np.exp(-1.0) + 0.25) * np.exp(-1.0) + 0.25) * np.exp(-1.0)
        np.testing.assert_allclose(found, [meant], rtol=2e-2)  # a spike comes at the end of its step
    with pytest.raises(ModelError, match="E507: the parts do not mean one weight"):
        _ = decaying & decaying.named("other")


def test_the_shared_weight_stands_still_with_learning_off() -> None:
    """Also where its equation is otherwise evaluated when it is read, and beside parts whose variables are delivered."""
    lasting = bt.SynapseModel("dw/dt = -w/(100*ms) : 1", on_post="w += 1", on_pre="transmit = w", name="lasting")
    release = bt.SynapseModel("R : 1", on_pre="transmit = 1 - R; R += 0.1", name="release")
    for backend in ("reference", "cpu"):
        net = bt.Network()
        source = net.add(bt.SpikeTimes(1, [1, 2, 3] * ms))
        cell = net.add(bt.Population(1, bt.NeuronModel("v : 1"), force_spikes=bt.SpikeTimes(1, [2, 4] * ms)))
        synapse = net.connect(source, cell, lasting & release, target="v", w=1.0)
        sim = bt.Simulation(net, dt=1 * ms, backend=backend)
        assert "w" in sim.facts.projections[0].weights
        sim[synapse].learning = False
        sim.run(8 * ms)
        assert sim[synapse].w.tolist() == [1.0]
        sim[synapse].learning = True
        sim.run(8 * ms)
        assert sim[synapse].w.magnitude == pytest.approx(np.exp(-0.08), rel=1e-12)


def test_parts_of_similar_names_are_told_apart() -> None:
    long = bt.SynapseModel("x : 1", on_pre="transmit = 1 + 0*x; x += 10", name="a_b")
    short = bt.SynapseModel("q : 1\nw : 1", on_pre="q += 100; transmit = w", name="a")
    for rule in (long & short, short & long):
        net = bt.Network()
        source = net.add(bt.SpikeTimes(1, [1, 2, 3] * ms))
        cell = net.add(bt.Population(1, bt.NeuronModel("v : 1")))
        synapse = net.connect(source, cell, rule, target="v", w=1.0)
        sim = bt.Simulation(net, dt=1 * ms, backend="reference")
        recorded = sim.record(synapse, "a_b_x", when="transmitted")
        sim.run(5 * ms)
        assert recorded.values.magnitude.tolist() == [0, 10, 20]
