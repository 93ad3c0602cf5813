"""The drift of weights with Poisson trains, against expectations on the grid.

In each step of length dt the sides spike independently with probabilities q = ν_pre dt and p = ν_post dt, the presynaptic side
first: a trace that decays by a in a step is seen with mean q a/(1 - a) before this step's spike and q/(1 - a) with it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import bouton as bt
from bouton.errors import Code, NetworkError
from bouton.units import Hz, ms, second

STEP = 1e-3
PRE, POST = np.array([8.0, 20.0]), np.array([5.0, 15.0, 40.0])
GIVEN = {"synapses": 200, "duration": 10 * second, "dt": STEP * second}
A = {"A_plus": 2e-4, "A_minus": 1.2e-4, "tau_plus": 15 * ms, "tau_minus": 30 * ms}
PLUS, MINUS = np.exp(-1 / 15), np.exp(-1 / 30)
Expected = Callable[[np.ndarray, np.ndarray], np.ndarray]


def all_pairs(q: np.ndarray, p: np.ndarray) -> np.ndarray:
    return q * p * (2e-4 / (1 - PLUS) - 1.2e-4 * MINUS / (1 - MINUS))


def nearest(q: np.ndarray, p: np.ndarray) -> np.ndarray:
    """Each presynaptic spike with the first postsynaptic one from its step on, and with the last one before."""
    return q * p * (2e-4 / (1 - (1 - p) * PLUS) - 1.2e-4 * MINUS / (1 - (1 - p) * MINUS))


def triplets(q: np.ndarray, p: np.ndarray) -> np.ndarray:
    """Of the slow postsynaptic trace, before this step's spike, and the presynaptic one with it."""
    fast, slow, other = np.exp(-1 / 16.8), np.exp(-1 / 114), np.exp(-1 / 33.7)
    return q * p * (6.5e-3 * p * slow / ((1 - fast) * (1 - slow)) - 7.1e-3 * other / (1 - other))


@pytest.mark.parametrize(
    "rule, expected",
    [
        (bt.rules.PairSTDP(**A), all_pairs),
        (bt.rules.PairSTDP(pairing="nearest_presynaptic", **A), nearest),
        (bt.rules.TripletSTDP("visual_cortex_minimal_all_to_all"), triplets),
    ],
    ids=["pairs", "nearest", "triplets"],
)
def test_means_and_their_errors(rule: bt.SynapseModel, expected: Expected) -> None:
    found = bt.protocols.rates(rule, PRE * Hz, POST * Hz, **GIVEN)
    meant = expected(PRE[:, None] * STEP, POST[None, :] * STEP) / STEP
    assert found["error"].max() < 0.1 * np.abs(meant).max()  # or the comparison would mean little
    deviation = np.asarray((found["drift"] - meant) / found["error"])
    assert np.abs(deviation).max() < 4
    assert 0.2 < (deviation**2).mean() < 3  # six of mean 1: beyond that once in hundreds


def test_seeds_and_silence() -> None:
    few = {**GIVEN, "synapses": 3, "duration": 2 * second}
    once, again, other = (bt.protocols.rates(bt.rules.PairSTDP(**A), 20 * Hz, [0, 40] * Hz, seed=s, **few) for s in (1, 1, 2))
    assert once.equals(again)
    assert not once.equals(other)
    assert once["drift"].to_numpy()[0, 0] == 0
    assert once["drift"].to_numpy()[0, 1] != 0
    assert once["drift"].attrs["units"] == "1/s"
    with pytest.raises(NetworkError, match="rates from 0 to 1/dt") as caught:
        bt.protocols.rates(bt.rules.PairSTDP(), 2000 * Hz, **few)
    assert caught.value.code is Code.BAD_VALUE


def test_a_table_and_figures() -> None:
    few = {**GIVEN, "synapses": 2, "duration": 1 * second}
    found = bt.protocols.rates(bt.rules.PairSTDP(**A), PRE * Hz, POST * Hz, **few)
    table = bt.protocols.rates.columns(found)
    assert table["pre_Hz"].tolist() == [8, 8, 8, 20, 20, 20]
    np.testing.assert_array_equal(table["drift"], found["drift"].to_numpy().ravel())
    curves, field, _ = bt.protocols.rates.draw(found).axes
    assert len(curves.get_legend().texts) == 2
    np.testing.assert_array_equal(field.collections[0].get_array(), found["drift"])
    assert len(bt.protocols.rates.draw(found.isel(pre=[0])).axes) == 1


@pytest.mark.slow
def test_a_curve_with_a_threshold() -> None:
    """Triplets at the default step: depression below, potentiation above A₂⁻τ₋/(A₃⁺τ₊τ_y) = 19.2 Hz."""
    rule = bt.rules.TripletSTDP("visual_cortex_minimal_all_to_all")
    found = bt.protocols.rates(rule, 10 * Hz, [12, 16, 23, 28] * Hz, synapses=1500)
    threshold = 7.1e-3 * 33.7 / (6.5e-3 * 16.8 * 114) * 1e3
    assert threshold == pytest.approx(19.2, abs=0.1)
    meant = 10 * found["post"] * (6.5e-3 * 0.0168 * 0.114 * found["post"] - 7.1e-3 * 0.0337)
    assert (np.sign(found["drift"]) == np.sign(found["post"] - threshold)).all()
    assert (
        np.abs(found["drift"] - meant) < 4 * found["error"] + 0.01 * np.abs(meant)
    ).all()  # the step of 0.1 ms: half a percent
