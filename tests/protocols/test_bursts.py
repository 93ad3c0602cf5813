"""Bursts of pair STDP are a sum over pairs of spikes."""

from __future__ import annotations

import numpy as np
import pytest

import bouton as bt
from bouton.units import Hz, ms, second

RULE = bt.rules.PairSTDP(A_plus=0.004, A_minus=0.003, tau_plus=15 * ms, tau_minus=30 * ms)
LAGS = np.array([-200.0, -75.0, -50.0, -10.0, 0.0, 25.0, 40.0])


def summed(pre: np.ndarray, post: np.ndarray) -> float:
    lags = np.subtract.outer(post, pre)
    up, down = 0.004 * np.exp(-lags / 15), -0.003 * np.exp(lags / 30)
    return float(np.where(lags >= 0, up, down).sum())  # coincident: the presynaptic spike is first


def test_sums_over_pairs() -> None:
    given = {"repetitions": 2, "interval": 2 * second, "w": 0.5, "of": 0.5}
    found = bt.protocols.bursts(RULE, LAGS * ms, pre_spikes=2, post_spikes=4, rate=40 * Hz, **given)
    curve = [2 * summed(25.0 * np.arange(2), lag + 25.0 * np.arange(4)) / 0.5 for lag in LAGS]
    np.testing.assert_allclose(found["curve"], curve, rtol=1e-9)
    conditions = zip(*(found[name].to_numpy() for name in ("spikes", "rate", "onset")), strict=True)
    change = [2 * summed(np.zeros(1), onset + np.arange(spikes) * 1e3 / rate) / 0.5 for spikes, rate, onset in conditions]
    np.testing.assert_allclose(found["change"], change, rtol=1e-9)
    assert found.attrs["score"] == pytest.approx(float((((found["change"] - found["measured"]) / found["error"]) ** 2).mean()))
    assert found["lag"].to_numpy().tolist() == LAGS.tolist()


def test_what_was_measured_is_what_the_text_says() -> None:
    """Pooled amplitudes after over before: three spikes at 50 Hz by lag, then one spike, then 100 Hz."""
    found = bt.protocols.bursts(RULE, [0] * ms, repetitions=1, interval=1 * second, w=0.5)
    said = {
        (spikes, rate, onset): (1 + value, error)
        for spikes, rate, onset, value, error in zip(
            *(found[name].to_numpy().tolist() for name in ("spikes", "rate", "onset", "measured", "error")), strict=True
        )
    }
    assert len(said) == 14
    assert said[3, 50, -50] == pytest.approx((0.68, 0.05))
    assert said[3, 50, 10] == pytest.approx((2.01, 0.22))
    assert said[1, 50, -10] == pytest.approx((0.80, 0.07))
    assert said[3, 100, -30] == pytest.approx((0.52, 0.12))  # the last of three comes 10 ms before


def test_a_table_and_a_figure() -> None:
    found = bt.protocols.bursts(RULE, LAGS * ms, repetitions=1, interval=1 * second, w=0.5)
    table = bt.protocols.bursts.columns(found)
    assert {len(column) for column in table.values()} == {14 + len(LAGS)}
    assert np.isnan(table["measured"]).sum() == len(LAGS)
    np.testing.assert_array_equal(table["change"][14:], found["curve"])
    lags, numbers, rates = bt.protocols.bursts.draw(found).axes
    np.testing.assert_allclose(lags.lines[1].get_ydata(), found["curve"])
    np.testing.assert_allclose(numbers.lines[1].get_ydata(), found["change"].to_numpy()[[6, 8, 4]])
    np.testing.assert_allclose(rates.lines[1].get_ydata(), found["change"].to_numpy()[[10, 4, 12]])


@pytest.mark.slow
def test_the_experiment_in_its_length() -> None:
    """600 s; a triplet rule of visual cortex has the signs of what was found for pairs 10 ms apart."""
    found = bt.protocols.bursts(bt.rules.TripletSTDP("visual_cortex_full_all_to_all"))
    first = found["onset"].to_numpy() == 10
    last = found["onset"] + (found["spikes"] - 1) * 1e3 / found["rate"] == -10
    assert (found["change"].to_numpy()[first] > 0).all()
    assert (found["change"].to_numpy()[last] < 0).all()
    assert 3 < found.attrs["score"] < 10
