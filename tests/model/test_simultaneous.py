"""Which side comes first where spikes of both reach a synapse in one step."""

from __future__ import annotations

from typing import Any

import pytest

import bouton as bt
from bouton.errors import BoutonError
from bouton.units import ms

TEXTS: dict[str, Any] = {"on_pre": "target += w; w *= 2", "on_post": "w += 1"}


def both(rule: bt.SynapseModel, **options: Any) -> tuple[float, float]:
    """The weight and what the cell has received after one spike of each side in one step."""
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, [3] * ms))
    cell = net.add(bt.Population(1, bt.NeuronModel("v : 1"), force_spikes=bt.SpikeTimes(1, [3] * ms)))
    synapse = net.connect(source, cell, rule, target="v", w=1.0)
    sim = bt.Simulation(net, dt=1 * ms, **options)
    sim.run(5 * ms)
    return float(sim[synapse].w[0]), float(sim[cell].v[0])


@pytest.mark.parametrize("backend", ["reference", "cpu"])
def test_a_rule_says_which(backend: str) -> None:
    first, last = (bt.SynapseModel("w : 1", **TEXTS, simultaneous=f"{side}_first") for side in ("pre", "post"))
    assert both(first, backend=backend) == both(bt.SynapseModel("w : 1", **TEXTS), backend=backend) == (3.0, 1.0)
    assert both(last, backend=backend) == (4.0, 2.0)


def test_each_projection_keeps_to_its_own() -> None:
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, [3] * ms))
    cell = net.add(bt.Population(1, bt.NeuronModel("v : 1"), force_spikes=bt.SpikeTimes(1, [3] * ms)))
    made = [
        net.connect(source, cell, bt.SynapseModel("w : 1", **TEXTS, simultaneous=f"{side}_first"), target="v", w=1.0)
        for side in ("pre", "post")
    ]
    sim = bt.Simulation(net, dt=1 * ms)
    sim.run(5 * ms)
    assert [float(sim[each].w[0]) for each in made] == [3.0, 4.0]
    assert "on_post → on_pre_late → on_event → reset" in sim.explain()


def test_the_order_of_a_step_moves_it_too() -> None:
    last = bt.SynapseModel("w : 1", **TEXTS, simultaneous="post_first")
    order = ("integrate", "threshold", "on_pre_late", "on_post", "on_pre", "reset")
    assert both(last, step_order=order) == (3.0, 1.0)
    assert both(last, step_order=("integrate", "threshold", "on_post", "on_pre", "reset")) == (4.0, 2.0)


def test_in_compositions_the_parts_agree() -> None:
    release = bt.SynapseModel("u : 1", on_pre="transmit = 0.5; u += 1", name="release")
    texts = {"on_pre": "transmit = w; w *= 2", "on_post": "w += 1"}
    first, last = (bt.SynapseModel("w : 1", **texts, simultaneous=f"{s}_first", name=f"{s}_rule") for s in ("pre", "post"))
    other = bt.SynapseModel("w : 1", on_pre="w *= 2", on_post="w += 1", name="other")
    assert both(release & last) == both(last & release) == (4.0, 1.0)
    assert both(first & release) == (3.0, 0.5)
    alone = bt.SynapseModel("x : 1", on_post="x += 1", simultaneous="post_first", name="alone")
    for one, another in ((other, last), (first, alone), (alone, first)):
        with pytest.raises(BoutonError, match="E507: the parts disagree on which side comes first"):
            _ = one & another


def test_other_words_are_refused() -> None:
    with pytest.raises(BoutonError, match=r"E401: simultaneous is 'post'(.|\n)*pre_first"):
        bt.SynapseModel("w : 1", simultaneous="post")


@pytest.mark.parametrize("backend", ["reference", "cpu"])
def test_what_is_transmitted_is_recorded_where_it_is_said(backend: str) -> None:
    stp = bt.SynapseModel("u : 1", on_pre="u += 0.1; transmit = u; u += 0.5", name="stp")
    stdp = bt.SynapseModel("w : 1", on_pre="transmit = w; w -= 0.25", name="stdp")
    for rule, variables in ((stdp, {"w": [1.0, 0.75]}), (stp & stdp, {"w": [1.0, 0.75], "stp_u": [0.1, 0.7]})):
        net = bt.Network()
        source = net.add(bt.SpikeTimes(1, [1, 3] * ms))
        cell = net.add(bt.Population(1, bt.NeuronModel("v : 1")))
        synapse = net.connect(source, cell, rule, target="v", w=1.0)
        sim = bt.Simulation(net, dt=1 * ms, backend=backend)
        recorded = {name: sim.record(synapse, name, when="transmitted") for name in variables}
        sim.run(5 * ms)
        for name, meant in variables.items():
            assert recorded[name].values.magnitude.tolist() == pytest.approx(meant), (rule.name, name)
