"""Spikes given to a rule: one synapse for each pair of trains, each as if it were alone."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

import bouton as bt
from bouton.errors import Code, NameError_, NetworkError, UnitError
from bouton.units import ms, mV, nS, uS

RULE = bt.rules.PairSTDP(A_plus=0.01, A_minus=0.02)
INTERPRETED = {"backend": "reference"}
TRAINS = [[1.0, 7.5, 30.0] * ms, [12.0] * ms, [] * ms, [3.0, 7.5] * ms]


def test_synapses_together_are_synapses_alone() -> None:
    together = bt.protocols.play(RULE, TRAINS, [5.0, 7.5, 20.0] * ms, w=[0.1, 0.4, 0.6, 0.9], A_plus=[0.01, 0.02, 0.03, 0.04])
    for k, train in enumerate(TRAINS):
        alone = bt.protocols.play(RULE, train, [5.0, 7.5, 20.0] * ms, w=[0.1, 0.4, 0.6, 0.9][k], A_plus=0.01 * (k + 1))
        np.testing.assert_allclose(together.final().magnitude[k], alone.final().magnitude[0], rtol=1e-12)


def test_what_is_recorded() -> None:
    played = bt.protocols.play(RULE, [2.0, 6.0] * ms, 4.0 * ms, w=0.5, events=("w", "x"), record=("w",), every=1 * ms)
    np.testing.assert_allclose(played.events["w"].times.to(ms).magnitude, [2.0, 4.0, 6.0])
    up, down = 0.01 * np.exp(-2 / 20), 0.02 * np.exp(-2 / 20)
    np.testing.assert_allclose(played.events["w"].values.magnitude, [0.5, 0.5 + up, 0.5 + up - down], rtol=1e-12)
    np.testing.assert_allclose(played.events["x"].values.magnitude[0], 1.0)
    dataset = played.to_dataset()
    assert dataset["w"].sizes["time"] == 16
    assert played.simulation[played.cells].received.magnitude == pytest.approx(2 * 0.5 + up)


def test_cells_are_recorded_and_third_events_reach_all_synapses() -> None:
    rule = bt.SynapseModel("w : 1", on_pre="transmit = w", on_event={"reward": "w += 1"})
    trains = [[2.0, 6.0] * ms, [5.0] * ms]
    played = bt.protocols.play(rule, trains, [[] * ms], w=[0.5, 2.0], third={"reward": [4.0] * ms}, record_cells=("received",))
    received = played.cell_grid["received"]
    np.testing.assert_allclose(
        received.values.magnitude[[20, 19, 49, 50, 60]], [[0.5, 0], [0, 0], [0.5, 0], [0.5, 3.0], [2.0, 3.0]]
    )


def test_silence_is_a_train_too() -> None:
    played = bt.protocols.play(RULE, [] * ms, [] * ms, w=0.5)
    assert played.final().magnitude == [0.5]
    assert played.simulation.t.to(ms).magnitude == pytest.approx(10)


def test_what_is_refused() -> None:
    with pytest.raises(NetworkError, match="pre has 2 trains") as caught:
        bt.protocols.play(RULE, TRAINS[:2], [[1.0] * ms] * 3)
    assert caught.value.code is Code.BAD_SHAPE
    with pytest.raises(UnitError, match="time"):
        bt.protocols.play(RULE, [1.0] * mV, [1.0] * ms)
    with pytest.raises(NameError_, match="'tau' is neither a parameter nor an option"):
        bt.rules.PairSTDP(tau=20 * ms)
    with pytest.raises(NameError_, match="this variant has no parameter 'mu'"):
        bt.rules.PairSTDP(mu=0.3)
    with pytest.raises(NetworkError, match="pairing is 'nearest'"):
        bt.rules.PairSTDP(pairing="nearest")
    with pytest.raises(NameError_, match="no set of parameters 'song'"):
        bt.rules.PairSTDP("song")
    with pytest.raises(AttributeError, match="no rule 'PairStdp'"):
        _ = bt.rules.PairStdp
    assert "PairSTDP" in dir(bt.rules)


def test_a_named_set_has_the_unit_of_the_weight() -> None:
    rule = dataclasses.replace(bt.rules.PairSTDP, sets={"large": {"w_max": 50.0}})
    assert rule("large", unit="nS").parameters["w_max"] == 50 * nS
    assert rule("large").parameters["w_max"] == 50.0
    assert rule("large", unit="nS", w_max=3 * uS).parameters["w_max"] == 3 * uS


def test_a_source_is_trains_too() -> None:
    source = bt.SpikeTimes(3, [4.0, 1.0, 6.0, 2.0] * ms, [2, 0, 2, 0])
    given = [1.0, 2.0] * ms, [] * ms, [4.0, 6.0] * ms
    for pre, post in ((source, 5 * ms), (5 * ms, source)):
        trains = tuple(list(given) if side is source else side for side in (pre, post))
        found, meant = (
            bt.protocols.play(RULE, *sides, w=0.5, weigh=True, options=INTERPRETED) for sides in ((pre, post), trains)
        )
        np.testing.assert_array_equal(found.change(), meant.change())
        assert (found.change() != 0).tolist() == [True, False, True]


def test_third_events() -> None:
    """Dopamine after a pair: the eligibility that is left, times what of dopamine lasts until the end."""
    rule = bt.rules.IzhikevichDopamine(d_0=0.0)
    given = {"w": 1.0, "weigh": True, "duration": 400 * ms, "dt": 1 * ms, "options": INTERPRETED}
    each = bt.protocols.play(rule, 10 * ms, 15 * ms, third={"dopamine": [[100.0] * ms, [] * ms, [100.0, 300.0] * ms]}, **given)
    left = 0.1 * np.exp(-5 / 20)
    rate = 1 / 1000 + 1 / 200
    gains = [left * np.exp(-(at - 15) / 1000) * 0.5 * (1 - np.exp(-rate * (400 - 1 - at))) / rate / 10 for at in (100, 300)]
    np.testing.assert_allclose(each.change(), [gains[0], 0, gains[0] + gains[1]], rtol=1e-9)
    one = bt.protocols.play(rule, 10 * ms, [[15.0] * ms, [15.0] * ms], third={"dopamine": [100.0] * ms}, **given)
    np.testing.assert_allclose(one.change(), [gains[0]] * 2, rtol=1e-9)
    with pytest.raises(NetworkError, match="dopamine has 2 trains"):
        bt.protocols.play(rule, [[1.0] * ms] * 3, 1 * ms, third={"dopamine": [[1.0] * ms] * 2})
    with pytest.raises(NameError_, match="'reward'"):
        bt.protocols.play(rule, 1 * ms, 1 * ms, third={"dopamine": 1 * ms, "reward": 1 * ms})


@pytest.mark.parametrize(
    "given, meant",
    [
        (0.5, [0.5, 0.5]),
        (np.arange(30.0), [12.0, 12.0]),  # one for each step
        (bt.TimedArray(np.arange(3.0), 10 * ms), [1.0, 1.0]),
        (bt.TimedArray(np.arange(6.0).reshape(3, 2), 10 * ms), [2.0, 3.0]),
        (bt.NeuronModel("dr/dt = 1/(4*ms) : 1"), [13 / 4, 13 / 4]),
        (bt.Population(2, bt.NeuronModel("r : 1"), r=[7.0, 9.0]), [7.0, 9.0]),
    ],
    ids=["number", "array", "timed", "each", "model", "population"],
)
def test_linked_variables(given: Any, meant: list[float]) -> None:
    """What spikes at 12 ms read of a reward."""
    rule = bt.rules.Florian(rule="mstdp", gamma=0.01)
    post = [[12.0] * ms, [12.0] * ms]
    played = bt.protocols.play(rule, 10 * ms, post, link={"r": given}, w=1.0, weigh=True, dt=1 * ms, options=INTERPRETED)
    np.testing.assert_allclose(played.change(), 0.01 * np.array(meant) * np.exp(-2 / 20), rtol=1e-9)


def test_linked_values_are_of_the_rule() -> None:
    with pytest.raises(NameError_, match="did you mean 'r'"):
        bt.protocols.play(bt.rules.Florian(), 1 * ms, 1 * ms, link={"r": 1.0, "rr": 1.0})


def test_what_the_cells_receive() -> None:
    played = bt.protocols.play(
        RULE, [2.0, 4.0] * ms, [] * ms, w=0.25, weigh=True, record_cells=("received",), dt=1 * ms, options=INTERPRETED
    )
    assert played.cell_grid["received"].values.magnitude[:6, 0].tolist() == [0, 0, 0.25, 0.25, 0.5, 0.5]
    assert played.initial is not None
    assert played.initial.magnitude == [0.25]
    assert played.change() == [0]


def test_options_are_those_of_a_simulation() -> None:
    options = {"backend": "reference", "step_order": ("integrate", "threshold", "on_post", "on_pre", "reset")}
    first, later = (bt.protocols.play(RULE, 3 * ms, 3 * ms, w=0.5, options=o).final().magnitude for o in ({}, options))
    assert first > 0.5 > later  # whoever comes second in one step sees the other
