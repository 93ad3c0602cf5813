"""Short-term plasticity of Tsodyks and Markram has closed forms; quantal release has them as means."""

from __future__ import annotations

import numpy as np
import pytest

import bouton as bt
from bouton.protocols.laboratory import short_term as module
from bouton.units import Hz, ms, nS

U, REC, FAC = 0.15, 130.0, 250.0
RULE = bt.rules.TsodyksMarkram(U=U, tau_rec=REC * ms, tau_fac=FAC * ms)
RATES = np.array([5.0, 20.0, 100.0])
INTERVALS = np.array([10.0, 60.0, 400.0])
FEW = {"rates": RATES * Hz, "intervals": INTERVALS * ms, "responses": 4}


def releases(times: np.ndarray) -> np.ndarray:
    """From spike to spike."""
    u, x, found = U, 1.0, []
    for gap in [*np.diff(times), 0.0]:
        found.append(u * x)
        x = 1 - (1 - x + u * x) * np.exp(-gap / REC)
        u = U + u * (1 - U) * np.exp(-gap / FAC)
    return np.array(found)


def test_trains_pairs_and_the_steady_state() -> None:
    found = bt.protocols.short_term(RULE, **FEW)
    for rate in RATES:
        one = found.sel(rate=rate)
        np.testing.assert_allclose(one["amplitude"], releases(np.arange(4) * 1e3 / rate), rtol=1e-10)
        np.testing.assert_allclose(one["relative"], one["amplitude"] / U, rtol=1e-12)
    fac, rec = np.exp(-INTERVALS / FAC), np.exp(-INTERVALS / REC)
    np.testing.assert_allclose(found["ratio"], (1 + (1 - U) * fac) * (1 - U * rec), rtol=1e-10)
    fac, rec = np.exp(-1e3 / RATES / FAC), np.exp(-1e3 / RATES / REC)
    u = U / (1 - (1 - U) * fac)
    np.testing.assert_allclose(found["steady"], u / U * (1 - rec) / (1 - (1 - u) * rec), rtol=1e-6)  # 26 spikes at 5 Hz


def test_a_depressing_synapse_has_a_limiting_frequency() -> None:
    """Above it the steady response goes with 1/rate: their product is 1/(U τ_rec), 2.5 Hz in the paper of 1998."""
    rule = bt.rules.TsodyksMarkram("tsodyks1998_depressing")
    found = bt.protocols.short_term(rule, rates=[50.0, 100.0] * Hz, intervals=INTERVALS * ms)
    np.testing.assert_allclose(found["steady"] * found["rate"], 2.5, rtol=0.04)


def test_a_train_of_ones_own() -> None:
    """In steps of its own, and with delays."""
    times = np.array([3.5, 10.0, 40.0, 41.5, 300.0])
    for options in ({}, {"connect": {"axonal_delay": 1 * ms}}):
        found = bt.protocols.short_term(RULE, times * ms, dt=0.5 * ms, **options)
        np.testing.assert_allclose(found["amplitude"], releases(times), rtol=1e-10)
        np.testing.assert_array_equal(found["time"], times)
    table = bt.protocols.short_term.columns(found)
    np.testing.assert_array_equal(table["time_ms"], times)
    (axes,) = bt.protocols.short_term.draw(found).axes
    assert axes.get_xlabel() == "Time (ms)"


def test_weights_are_transmitted_too() -> None:
    composed = bt.protocols.short_term(RULE & bt.rules.PairSTDP(unit="nS"), np.array([0.0, 20.0]) * ms, w=0.4 * nS)
    np.testing.assert_allclose(composed["amplitude"], 0.4 * releases(np.array([0.0, 20.0])), rtol=1e-10)
    assert composed["amplitude"].attrs["units"] == "nS"
    silent = bt.protocols.short_term(bt.rules.PairSTDP(), np.array([0.0, 20.0]) * ms, w=0.0)
    assert silent["relative"].isnull().all()


def test_quantal_release_has_the_same_means(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where trials are more than fit in at a time: then each part draws its own numbers."""
    monkeypatch.setattr(module, "ROOM", 100 * 160)
    rule = bt.rules.QuantalRelease(n=3, U=U, tau_rec=REC * ms, tau_fac=FAC * ms, facilitation="decaying")
    times = np.array([5.0, 25.0, 60.0, 160.0])
    found = bt.protocols.short_term(rule, times * ms, trials=400)
    meant = releases(times)
    deviation = (found["amplitude"] - meant) / found["error"]
    assert (np.abs(deviation) < 3.5).all()
    np.testing.assert_allclose(found["error"], np.sqrt(meant * (1 - meant) / 3 / 400), rtol=0.15)


def test_a_table_and_a_figure() -> None:
    found = bt.protocols.short_term(RULE, **FEW)
    table = bt.protocols.short_term.columns(found)
    assert [*table["stimulus"]].count("train") == 12
    assert table["rate_Hz"][12:].tolist() == [100.0, 1e3 / 60, 2.5, 5.0, 20.0, 100.0]
    np.testing.assert_array_equal(table["relative"][12:], np.concatenate([found["ratio"], found["steady"]]))
    trains, pairs, steady = bt.protocols.short_term.draw(found).axes
    assert [text.get_text() for text in trains.get_legend().texts] == ["5 Hz", "20 Hz", "100 Hz"]
    np.testing.assert_array_equal(pairs.lines[1].get_ydata(), found["ratio"])
    np.testing.assert_array_equal(steady.lines[1].get_ydata(), found["steady"])
