"""Protocols refuse rules that they do not apply to, and say what a rule asks for."""

from __future__ import annotations

import numpy as np
import pytest

import bouton as bt
from bouton import protocols
from bouton.errors import Code, NetworkError
from bouton.units import ms, mV

REFERENCE = {"options": {"backend": "reference"}}
WEIGHTY = [name for name in protocols.names() if protocols.find(name).asks == "weight"]
SOMA = bt.NeuronModel("received : 1\nv : mV\nu_minus : mV\nu_plus : mV", name="soma")


def test_each_protocol_asks_for_one_of_two_things() -> None:
    assert {protocols.find(name).asks for name in protocols.names()} == {"weight", "release"}
    assert {"bursts", "frequency", "rates", "triplets", "window"} <= {*WEIGHTY}


@pytest.mark.parametrize("name", WEIGHTY)
def test_a_rule_without_a_weight_is_refused(name: str) -> None:
    with pytest.raises(NetworkError, match=f"'stp' has no weight.*\n  in protocols.{name}\n") as caught:
        protocols.find(name)(bt.rules.TsodyksMarkram())
    assert caught.value.code is Code.BAD_VALUE
    assert "short_term" in str(caught.value.hint)


def test_a_rule_that_transmits_nothing_is_refused() -> None:
    with pytest.raises(NetworkError, match="'scaling' transmits nothing") as caught:
        bt.protocols.short_term(bt.rules.SynapticScaling())
    assert caught.value.code is Code.BAD_VALUE
    found = bt.protocols.short_term(bt.rules.SynapticScaling(delivery="weight"), [1.0] * ms, **REFERENCE)
    assert found["amplitude"].item() == pytest.approx(1, rel=1e-4)  # scaled once before


def test_what_makes_a_model_is_no_model() -> None:
    with pytest.raises(NetworkError, match=r"try: bt.rules.PairSTDP\(\)") as caught:
        bt.protocols.window(bt.rules.PairSTDP)
    assert caught.value.code is Code.BAD_VALUE


@pytest.mark.parametrize(
    "rule, neuron, found, hint",
    [
        (bt.rules.Clopath(), None, "postsynaptic neuron for u_minus, u_plus, v,", r"neuron=bt\.NeuronModel\(…\) with u_minus"),
        (bt.rules.WeightNormalisation(), None, "postsynaptic neuron for total,", "neuron="),
        (
            bt.rules.Heterosynaptic(sums="both"),
            bt.NeuronModel("received : 1\ntotal : 1"),
            "presynaptic neuron for sent,",
            "a network",
        ),
        (bt.SynapseModel("w : 1", on_pre="L_post += w"), None, "postsynaptic neuron for L,", "neuron="),
        (bt.rules.Florian(), None, "has r linked", r"link=\{'r': a number"),
        (bt.rules.IzhikevichDopamine(), None, "events of dopamine", r"third=\{'dopamine': times\}"),
    ],
    ids=["variables", "sums", "presynaptic", "writes", "links", "events"],
)
def test_what_a_rule_asks_for(rule: bt.SynapseModel, neuron: bt.NeuronModel | None, found: str, hint: str) -> None:
    with pytest.raises(NetworkError, match=f"(?s){found}.*try: {hint}") as caught:
        bt.protocols.window(rule, [5.0] * ms, **REFERENCE, **({} if neuron is None else {"neuron": neuron}))
    assert caught.value.code is Code.MISSING_VALUE


def test_what_is_brought_is_not_asked_for() -> None:
    """A parameter may be called C_post, a variable of the neuron v, and a time of its spikes is always there."""
    calcium = bt.protocols.play(bt.rules.GraupnerBrunel(), [1.0] * ms, [2.0] * ms, weigh=True, rho=0.5, **REFERENCE)
    assert calcium.change() > 0
    cell = {"v": -30 * mV, "u_minus": -60 * mV, "u_plus": -60 * mV}
    voltage = bt.protocols.window(bt.rules.Clopath(), [5.0] * ms, w=0.5, neuron=SOMA, cell=cell, dt=1 * ms, **REFERENCE)
    assert voltage["change"].item() != 0
    since = bt.SynapseModel("w : 1\nlast : second", on_pre="last = t - lastspike_post; transmit = w")
    played = bt.protocols.play(since, [5.0] * ms, [2.0] * ms, **REFERENCE)
    assert played.final("last").to(ms).magnitude == pytest.approx(3)


def test_a_weight_may_follow_from_other_variables() -> None:
    rule = bt.rules.GraupnerBrunel(potential="flat", w_0=0.0, w_1=2.0)
    lags = np.array([-10.0, 10.0]) * ms
    found = bt.protocols.window(rule, lags, rho=0.25, **REFERENCE)
    np.testing.assert_allclose(found["relative"], found["change"] / 0.5)
    assert (found["change"] != 0).all()
    silent = bt.protocols.window(rule, lags, **REFERENCE)  # from 0, where there is nothing to be relative to
    assert silent["relative"].isnull().all()
    assert bt.protocols.window.draw(silent).axes[0].get_ylabel() == r"Weight change $\Delta w$"
