"""Which variables of synapses are kept with neurons, and the reason given for those that are not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import bouton as bt
from bouton.analysis.analyse import analyse
from bouton.analysis.find_places import Place, find_places
from bouton.units import Hz, ms

CELL = bt.NeuronModel("dv/dt = -v/(10*ms) : 1\nc : 1", threshold="v > 1", reset="v = 0", name="cell")
BOTH = "w : 1\ndx/dt = -x/(20*ms) : 1\ndy/dt = -y/(20*ms) : 1"
STDP = {"on_pre": "v_post += w; x += 1; w -= y", "on_post": "y += 1; w += x"}
TIMED = bt.TimedArray(np.array([1.0, 2.0]), dt=1 * ms)


def places(text: str, *, blocks: dict[str, Any], parameters: dict[str, Any] | None = None, **connect: Any) -> dict[str, Place]:
    """The places for one rule between 3 sources and 2 cells."""
    network = bt.Network()
    source = network.add(bt.Poisson(3, 10 * Hz))
    cells = network.add(bt.Population(2, CELL))
    model = bt.SynapseModel(text, parameters=parameters or {}, **blocks)
    network.connect(cells if connect.pop("recurrent", False) else source, cells, model, **connect)
    return find_places(analyse(network).projections[0])


def test_pair_stdp() -> None:
    found = places(BOTH, blocks=STDP)
    assert {n: p.side for n, p in found.items()} == {"w": "synapse", "x": "pre", "y": "post"}
    assert found["w"].reason == "it is a weight"


def test_short_term_plasticity_is_presynaptic() -> None:
    text = "w : 1\ndu/dt = -u/tau_f : 1\ndx/dt = (1 - x)/tau_d : 1"
    on_pre = "u += U*(1 - u); r = u*x; v_post += w*r; x -= r"
    given = {"U": 0.5, "tau_f": 1000 * ms, "tau_d": 100 * ms}
    found = places(text, blocks={"on_pre": on_pre}, parameters=given, x=1.0)
    assert {n: p.side for n, p in found.items()} == {"w": "synapse", "u": "pre", "x": "pre"}
    found = places(text, blocks={"on_pre": on_pre}, parameters=given, U=np.full(6, 0.5))
    assert {p.side for p in found.values()} == {"synapse"}
    assert found["u"].reason == "each synapse has its own U"
    assert found["x"].reason == "it depends on r"  # which is made of u


def test_what_only_decays_follows_what_drives_it() -> None:
    found = places("w : 1\ndp/dt = (q - p)/(5*ms) : 1\ndq/dt = -q/(2*ms) : 1", blocks={"on_pre": "q += 1; v_post += w*p"})
    assert found["p"].side == found["q"].side == "pre"


@pytest.mark.parametrize(
    "text, blocks, connect, reason",
    [
        (BOTH, STDP, {"x": np.arange(6.0)}, "each synapse has an initial value of its own"),
        (BOTH, STDP, {"x": bt.Uniform(0, 1)}, "each synapse has an initial value of its own"),
        (BOTH, STDP, {"axonal_delay": np.arange(6) * ms}, "on_pre reaches the synapses of a neuron at different times"),
        (BOTH, STDP | {"on_post": "y += 1; x = 0; w += x"}, {}, "on_post writes it"),
        (BOTH, STDP | {"on_pre": "v_post += w; x += w"}, {}, "it depends on w"),
        (BOTH, STDP | {"on_pre": "v_post += w; s = w; s += 1; x += s"}, {}, "it depends on s"),
        (BOTH, STDP | {"on_pre": "v_post += w; x += v_post"}, {}, "it depends on v_post"),
        (BOTH, STDP | {"on_pre": "v_post += w; x += rand()"}, {}, "it is drawn at random for each synapse"),
        (BOTH, STDP | {"on_pre": "v_post += w; x += x(t-dt)"}, {}, "it depends on the past of x"),
        (BOTH, STDP | {"on_pre": "v_post += w; x += h"}, {}, "it depends on w"),
        (BOTH, STDP | {"every": (bt.dt, "x = 0.5*w")}, {}, "it depends on w"),
        (BOTH, STDP | {"every": (bt.dt, "x = 0.5*y")}, {}, "it depends on y"),
        (BOTH, STDP | {"every": (bt.dt, "x = 0.5*x; w += 0.1*x")}, {}, "every goes on to use it for each synapse"),
        (BOTH, STDP | {"every": (bt.dt, "x = 0.5*x; s = x; k = s; w += k*y")}, {}, "every goes on to use it for each synapse"),
        (BOTH.replace("(20*ms) : 1", "(20*ms) : 1 (max=w)", 1), STDP, {}, "it depends on w"),
        (BOTH.replace("-x/(20*ms)", "-x/(20*ms) + xi*ms**-0.5", 1), STDP, {}, "it is noisy"),
        (BOTH.replace("-x/(20*ms)", "(y - x)/(20*ms)", 1), STDP, {}, "it depends on y"),
        (
            BOTH + "\ndz/dt = -z**2*x/ms : 1",
            STDP | {"method": {"z": "rk4"}},
            {"z": bt.Uniform(0, 1)},
            "the equation of z reads it",
        ),
        (BOTH + "\ndz/dt = (x - z)/ms : 1", STDP, {"z": bt.Uniform(0, 1)}, "it is integrated together with z"),
        ("w : 1\nx : 1", {"on_pre": "v_post += w*x"}, {}, "it is a weight"),
        ("w : 1\nx : 1", {"on_pre": "v_post += 1"}, {}, "nothing changes it"),
    ],
)
def test_kept_with_the_synapse(text: str, blocks: dict[str, Any], connect: dict[str, Any], reason: str) -> None:
    found = places(text + "\nh = w + 1 : 1", blocks=blocks, **connect)
    assert found["x"].side == "synapse"
    assert reason in found["x"].reason


@pytest.mark.parametrize(
    "statement",
    ["x += c_pre", "x += A", "x += 2*ramp", "x = clip(x + 1, 0, 3)", "s = A; s *= c_pre; x += s", "x += exp(-t/ms)"],
)
def test_what_the_synapses_of_a_neuron_share(statement: str) -> None:
    blocks = STDP | {"on_pre": f"v_post += w; {statement}; w -= y"}
    found = places(
        BOTH,
        blocks=blocks,
        parameters={"A": 1.0, "ramp": TIMED} if "A" in statement or "ramp" in statement else {},
        recurrent=True,
    )
    assert found["x"].side == "pre"


def test_regular_blocks_may_write_what_neurons_keep() -> None:
    every = {"often": (bt.dt, "s = x*y; w += s; x *= 0.9; k = 0.5*y; y -= k"), "seldom": (9 * ms, "w *= 0.9; x = 0; y = 0")}
    found = places(BOTH, blocks=STDP | {"every": every})
    assert {n: p.side for n, p in found.items()} == {"w": "synapse", "x": "pre", "y": "post"}


@pytest.mark.parametrize(
    "event, side, reason",
    [
        ("y += 0.1; w += 0.2", "post", "follows from postsynaptic events"),
        ("y += 0.1; w += y", "synapse", "reward uses it for each synapse"),
        ("w += y; y = 0", "synapse", "reward uses it for each synapse"),
        ("y = 0.1*x", "synapse", "it depends on x"),
        ("s = y; w += s; y += 1", "synapse", "reward uses it for each synapse"),
        ("y += 1; s = y; k = 2*s; w += k", "synapse", "reward uses it for each synapse"),
    ],
)
def test_third_events_may_write_what_targets_keep(event: str, side: str, reason: str) -> None:
    network = bt.Network()
    source, cells, reward = (
        network.add(each) for each in (bt.Poisson(3, 10 * Hz), bt.Population(2, CELL), bt.Poisson(1, 9 * Hz))
    )
    model = bt.SynapseModel(BOTH, **STDP, on_event={"reward": event})
    network.connect(source, cells, model, events={"reward": reward})
    found = find_places(analyse(network).projections[0])["y"]
    assert found.side == side
    assert reason in found.reason


def test_what_is_linked_has_one_value_for_all_synapses_of_a_target() -> None:
    network = bt.Network()
    source, cells = network.add(bt.Poisson(3, 10 * Hz)), network.add(bt.Population(2, CELL))
    model = bt.SynapseModel(BOTH + "\nd : 1 (linked)", on_pre="v_post += w; x += d", on_post="y += d; w += x")
    network.connect(source, cells, model, link={"d": network.add(bt.Population(1, bt.NeuronModel("d : 1", name="level")))})
    found = find_places(analyse(network).projections[0])
    assert {n: p.side for n, p in found.items()} == {"w": "synapse", "x": "synapse", "y": "post"}


def test_what_nothing_drives_is_kept_on_one_side_only() -> None:
    found = places(BOTH, blocks={"on_pre": "v_post += w*x", "on_post": "y += 1 + x; w += y"})
    assert {n: p.side for n, p in found.items()} == {"w": "synapse", "x": "pre", "y": "synapse"}
