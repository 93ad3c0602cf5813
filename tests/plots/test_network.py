"""The diagram has everything that is in a network, and says what is plastic."""

from typing import Any

import numpy as np
import pytest

import bouton as bt
from bouton.plots.figures.network import LINES, THIRD, kind_of
from bouton.plots.layout import arc, bends, cut, free_side, loop, place_nodes
from bouton.units import Hz, ms, second

CELL = bt.NeuronModel("g : 1\nL : 1\nr : 1", threshold="g > 1", reset="g = 0", name="cell")
FIXED = bt.SynapseModel("w : 1", on_pre="target += w", name="fixed")
RULES: dict[str, tuple[bt.SynapseModel, str]] = {
    "fixed": (FIXED, "static"),
    "parameter": (bt.SynapseModel(on_pre="target += w", parameters={"w": 0.5}, name="parameter"), "static"),
    "stdp": (bt.rules.PairSTDP(), "plastic weights"),
    "rate": (
        bt.SynapseModel("dw/dt = r_pre*r_post/tau : 1\nL_post = w : 1 (summed)", parameters={"tau": 1 * second}),
        "plastic weights",
    ),
    "decaying": (bt.SynapseModel("w : 1", on_pre="target += w", every=(10 * ms, "w *= 0.9")), "plastic weights"),
    "growing": (bt.SynapseModel("w : 1", on_pre="target += w", prune=(10 * ms, "w < 0.1")), "plastic weights"),
    "depressing": (bt.rules.TsodyksMarkram(), "short-term plasticity"),
    "both": (bt.rules.TsodyksMarkram() & bt.rules.PairSTDP(), "plastic weights"),
    "weighted": (bt.rules.TsodyksMarkram() & bt.SynapseModel("w : 1", on_pre="transmit = w"), "short-term plasticity"),
}


@pytest.mark.parametrize("name", RULES)
def test_what_is_plastic_is_told_by_the_equations(name: str) -> None:
    rule, expected = RULES[name]
    network = bt.Network()
    cells = network.add(bt.Population(3, CELL), name="cells")
    target = None if name == "rate" else "g"
    network.connect(cells, cells, rule, target=target)
    (facts,) = bt.Simulation(network, dt=1 * ms, backend="reference").facts.projections
    assert kind_of(facts) == expected


def balanced() -> bt.Network:
    network = bt.Network()
    inputs = network.add(bt.Poisson(1000, 5 * Hz), name="inputs")
    reward = network.add(bt.SpikeTimes(1, [5] * ms), name="reward")
    e, i = (network.add(bt.Population(size, CELL), name=name) for name, size in (("E", 80), ("I", 20)))
    network.connect(inputs, e, bt.rules.IzhikevichDopamine(), target="g", events={"dopamine": reward}, name="rewarded")
    network.connect(e, i, bt.rules.TsodyksMarkram(), target="g", name="depressing")
    network.connect(i, e, FIXED, target="g", name="inhibition")
    network.connect(e, e, bt.rules.PairSTDP(), target="g", name="stdp")
    return network


def colours(axes: Any) -> list[tuple[str, str]]:
    """Colour and line of each drawn curve."""
    return [(line.get_color(), line.get_linestyle()) for line in axes.lines if len(line.get_xdata())]


def test_everything_in_a_network_is_in_its_diagram() -> None:
    axes = bt.plots.network(balanced())
    nodes = {patch.get_gid(): patch for patch in axes.patches if patch.get_gid()}
    assert set(nodes) == {"inputs", "reward", "E", "I"}
    assert [type(nodes[name]).__name__ for name in ("inputs", "reward", "E", "I")] == [
        "Rectangle",
        "Rectangle",
        "Circle",
        "Circle",
    ]
    texts = {text.get_text() for text in axes.texts}
    assert {"inputs\n1000", "reward\n1", "E\n80", "I\n20"} <= texts
    assert {"rewarded", "depressing", "inhibition", "stdp"} <= texts
    kinds = ["plastic weights", "short-term plasticity", "static", "plastic weights", THIRD]
    assert colours(axes) == [(bt.plots.style.COLOURS[LINES[kind][0]], LINES[kind][1]) for kind in kinds]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == list(LINES)


def test_nodes_grow_with_the_number_of_neurons() -> None:
    axes = bt.plots.network(balanced())
    e, i = (next(patch for patch in axes.patches if patch.get_gid() == name) for name in "EI")
    assert e.get_radius() > i.get_radius()


def test_a_simulation_is_drawn_as_its_network(run: Any) -> None:
    drawn, again = bt.plots.network(run.simulation), bt.plots.network(run.network)
    assert colours(drawn) == colours(again) == [(bt.plots.style.COLOURS["vermilion"], "--")]
    assert "plastic" not in {text.get_text() for text in bt.plots.network(run.network, labels=False).texts}


def test_views_belong_to_their_population() -> None:
    network = bt.Network()
    cells = network.add(bt.Population(10, CELL), name="cells")
    network.connect(cells[:5], cells[5:], FIXED, target="g")
    assert len([patch for patch in bt.plots.network(network).patches if patch.get_gid()]) == 1


def test_arrows_end_at_the_nodes_that_they_connect() -> None:
    axes = bt.plots.network(balanced())
    nodes = {patch.get_gid(): patch for patch in axes.patches if patch.get_gid() in {"E", "I"}}
    inhibition = axes.lines[2].get_xydata()
    for end, name in ((inhibition[0], "I"), (inhibition[-1], "E")):
        gap = np.hypot(*(end - nodes[name].center)) - nodes[name].get_radius()
        assert 0 < gap < 0.06


def test_nodes_stand_in_layers_behind_their_inputs() -> None:
    places = place_nodes(
        ["in", "a", "b", "out"], [("in", "a"), ("in", "b"), ("a", "out"), ("b", "out"), ("b", "a"), ("out", "out")]
    )
    x = {name: place[0] for name, place in places.items()}
    assert x["in"] < x["a"] == x["b"] < x["out"]
    assert places["a"][1] > places["b"][1]
    assert len(set(places.values())) == 4


def test_nodes_without_a_beginning_stand_on_a_circle() -> None:
    places = place_nodes("abcd", [*zip("abcd", "bcda", strict=True)])
    assert np.allclose([np.hypot(*place) for place in places.values()], np.hypot(*places["a"]))
    assert len({tuple(np.round(place, 9)) for place in places.values()}) == 4


def test_nodes_that_nothing_reaches_have_a_place_too() -> None:
    places = place_nodes("abcx", [("b", "c"), ("c", "b"), ("a", "a")])
    assert len(set(places.values())) == 4


def test_no_two_lines_lie_on_one_another() -> None:
    places = {"a": (0.0, 0.0), "b": (2.0, 0.0), "c": (4.0, 0.0)}
    edges = [("a", "b"), ("b", "a"), ("a", "b"), ("a", "c"), ("b", "c"), ("a", "a"), ("a", "a")]
    found = bends(edges, places)
    middles = [
        tuple(np.round((loop(places[s], 0.2, bend, np.pi / 2) if s == t else arc(places[s], places[t], bend))[100], 6))
        for (s, t), bend in zip(edges, found, strict=True)
    ]
    assert len(set(middles)) == len(edges)
    assert found[4] == 0  # a line of its own is straight
    assert abs(middles[3][1]) > 0.5  # and one past a third node is not


def test_curves_begin_and_end_outside_their_nodes() -> None:
    whole = arc((0.0, 0.0), (2.0, 0.0), 0.0)
    part = cut(whole, (0.0, 0.0), 0.5, (2.0, 0.0), 0.25)
    assert part[0, 0] == pytest.approx(0.5, abs=0.02)
    assert part[-1, 0] == pytest.approx(1.75, abs=0.02)


@pytest.mark.parametrize("others, side", [("", 90), ("e", 180), ("n", 270), ("ew", 90), ("wn", 315), ("news", 135)])
def test_loops_are_where_there_is_room(others: str, side: float) -> None:
    places = {"x": (1.0, 1.0), "n": (1.0, 2.0), "e": (2.0, 1.0), "w": (0.0, 1.0), "s": (1.0, 0.0)}
    edges = [("x", "x"), *((other, "x") for other in others)]
    assert np.degrees(free_side("x", edges, places)) % 360 == pytest.approx(side)
