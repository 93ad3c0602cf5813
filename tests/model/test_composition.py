"""Rules composed on one synapse: the numbers of one written by hand, and refusals where parts do not fit together."""

from __future__ import annotations

import numpy as np
import pytest

import bouton as bt
from bouton.errors import Code, ModelError
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
        (two("dw/dt = -w/second : 1"), "w : 1 (min=0, max=stdp_w_max) in 'stdp', dw/dt = -w / second : 1 in 'other'"),
        (two("", on_pre="target += 2"), "'other' delivers by itself: target += 2"),
        (two("", on_pre="transmit = 2", delays={"on_pre": 2 * ms}), "run at different times, and both transmit"),
    ],
)
def test_parts_that_do_not_fit_together_are_refused(other: bt.SynapseModel, found: str) -> None:
    with pytest.raises(ModelError) as caught:
        _ = STDP & other
    assert caught.value.code is Code.DOES_NOT_COMPOSE
    assert found in str(caught.value)


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
