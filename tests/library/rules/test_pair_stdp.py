"""Pair STDP against sums over pairs of spikes: no traces, no kernels."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

import bouton as bt
from bouton.units import ms, nS

TAU_PLUS, TAU_MINUS, A_PLUS, A_MINUS, MU = 17.0, 34.0, 0.01, 0.012, 0.3
rng = np.random.default_rng(4)
PRE = np.sort(rng.choice(4000, 50, replace=False)) * 0.1  # ms
POST = np.sort(np.concatenate([rng.choice(np.setdiff1d(np.arange(4000), PRE * 10), 45, replace=False) * 0.1, PRE[10:15]]))
Pairs = list[tuple[float, float, bool]]


def pairs(scheme: str, simultaneous: str = "pre_first") -> Pairs:
    """(when it acts, lag, potentiates) of every pair that counts; what acts at one time is depression first.

    The presynaptic one of two spikes in one step comes first, or they are no pair.
    """
    apart = simultaneous == "apart"
    found: Pairs = []
    for t in PRE:
        earlier = POST[t > POST]
        if scheme == "nearest_reduced":
            since = PRE[t > PRE][-1] if len(PRE[t > PRE]) else -1.0
            earlier = earlier[earlier >= since]
        found += [(t, t - s, False) for s in (earlier if scheme == "all_to_all" else earlier[-1:])]
    for t in POST:
        earlier = PRE[t > PRE] if apart else PRE[t >= PRE]
        if scheme in {"nearest_presynaptic", "nearest_reduced"}:
            since = POST[t > POST][-1] if len(POST[t > POST]) else -1.0
            earlier = earlier[earlier >= since] if apart else earlier[earlier > since]
        few = scheme in {"nearest_symmetric", "nearest_reduced"}
        found += [(t, t - s, True) for s in (earlier[-1:] if few else earlier)]
    return sorted(found, key=lambda pair: (pair[0], pair[2]))


UP: dict[str, Callable[[float], float]] = {
    "additive": lambda w: 1.0,
    "multiplicative": lambda w: 1.0 - w,
    "van_rossum": lambda w: 1.0,
    "guetig": lambda w: (1.0 - w) ** MU,
    "power": lambda w: w**MU,
}
DOWN: dict[str, Callable[[float], float]] = {
    "additive": lambda w: 1.0,
    "multiplicative": lambda w: w,
    "van_rossum": lambda w: w,
    "guetig": lambda w: w**MU,
    "power": lambda w: w,
}


def expected(scheme: str, dependence: str, w: float, simultaneous: str = "pre_first") -> float:
    """All pairs that act at one spike change the weight together."""
    found = pairs(scheme, simultaneous)
    for t, up in sorted({(t, up) for t, _, up in found}):
        lags = np.array([lag for when, lag, potentiates in found if (when, potentiates) == (t, up)])
        if up:
            w += A_PLUS * UP[dependence](w) * float(np.exp(-lags / TAU_PLUS).sum())
        else:
            w -= A_MINUS * DOWN[dependence](w) * float(np.exp(-lags / TAU_MINUS).sum())
        w = max(w, 0.0) if dependence == "power" else min(max(w, 0.0), 1.0)
    return w


def played(unit: str = "1", **given: object) -> bt.protocols.Played:
    mu = {"mu": MU} if given["dependence"] in {"guetig", "power"} else {}
    rule = bt.rules.PairSTDP(
        unit=unit, tau_plus=TAU_PLUS * ms, tau_minus=TAU_MINUS * ms, A_plus=A_PLUS, A_minus=A_MINUS, **mu, **given
    )
    starts: NDArray[np.float64] = np.array([0.0, 0.3, 0.97])
    cells = {} if unit == "1" else {"neuron": bt.NeuronModel(f"received : {unit}", name="cell")}
    w = starts if unit == "1" else starts * nS
    return bt.protocols.play(rule, PRE * ms, [POST * ms] * 3, w=w, **cells)


@pytest.mark.parametrize("dependence", UP)
@pytest.mark.parametrize("pairing", ["all_to_all", "nearest_symmetric", "nearest_presynaptic", "nearest_reduced"])
def test_it_is_a_sum_over_pairs(pairing: str, dependence: str) -> None:
    found = played(pairing=pairing, dependence=dependence).final().magnitude
    meant = [expected(pairing, dependence, w) for w in (0.0, 0.3, 0.97)]
    np.testing.assert_allclose(found, meant, rtol=1e-11, atol=1e-13)
    assert (np.abs(found - [0.0, 0.3, 0.97]) > 1e-3).any()


@pytest.mark.parametrize("pairing", ["all_to_all", "nearest_symmetric", "nearest_presynaptic", "nearest_reduced"])
def test_spikes_of_one_step_may_be_no_pair(pairing: str) -> None:
    found = played(pairing=pairing, dependence="multiplicative", simultaneous="apart").final().magnitude
    meant = [expected(pairing, "multiplicative", w, "apart") for w in (0.0, 0.3, 0.97)]
    np.testing.assert_allclose(found, meant, rtol=1e-11, atol=1e-13)
    assert (np.abs(found - [expected(pairing, "multiplicative", w) for w in (0.0, 0.3, 0.97)]) > 1e-3).any()


def test_a_spike_at_0_may_be_assumed() -> None:
    """A postsynaptic spike before any presynaptic one potentiates by its time, and a second one, too, if all count."""
    for pairing, times in (("nearest_symmetric", [10.0, 25.0]), ("nearest_reduced", [10.0])):
        rule = bt.rules.PairSTDP(pairing=pairing, start="spike_at_0", tau_plus=TAU_PLUS * ms, A_plus=A_PLUS)
        found = bt.protocols.play(rule, 60 * ms, [10.0, 25.0] * ms, w=0.5, duration=50 * ms).final().magnitude[0] - 0.5
        assert found == pytest.approx(A_PLUS * sum(np.exp(-t / TAU_PLUS) for t in times), rel=1e-12)


def test_what_is_transmitted_is_the_weight_before_or_after() -> None:
    found = [
        bt.protocols.play(
            bt.rules.PairSTDP(A_minus=0.25, transmitted=moment), 20 * ms, 10 * ms, w=0.75, record_cells=["received"]
        )
        for moment in ("before", "after")
    ]
    before, after = (each.cell_grid["received"].values.magnitude[-1, 0] for each in found)
    assert before == 0.75
    assert after == found[1].final().magnitude[0] == pytest.approx(0.75 - 0.25 * np.exp(-0.5), rel=1e-12)


def test_a_weight_may_have_a_unit() -> None:
    plain = played(pairing="all_to_all", dependence="multiplicative").final()
    conductance = played("nS", pairing="all_to_all", dependence="multiplicative").final()
    assert str(conductance.units) == "nanosiemens"
    np.testing.assert_allclose(conductance.magnitude, plain.magnitude, rtol=1e-12)


@pytest.mark.parametrize("name", bt.rules.PairSTDP.sets)
def test_named_sets_are_models(name: str) -> None:
    lags = np.arange(-40.0, 41.0)
    post = [np.array([100.0 + lag]) * ms for lag in lags]
    result = bt.protocols.play(bt.rules.PairSTDP(name), 100 * ms, post, w=0.5)
    change = result.final().magnitude - 0.5
    assert (change[lags >= 0] > 0).all()
    assert (change[lags < 0] < 0).all()


def test_the_window_is_exponential() -> None:
    """Bi & Poo: one pair changes the weight by A·exp(−|Δt|/τ)."""
    rule = bt.rules.PairSTDP("bi_poo2001", A_plus=0.3)
    lags = np.concatenate([np.arange(-80.0, 0.0), np.arange(1.0, 81.0)])
    result = bt.protocols.play(rule, 100 * ms, [np.array([100.0 + lag]) * ms for lag in lags], w=0.5)
    meant = np.where(lags > 0, 0.3 * np.exp(-lags / 16.8), -rule.parameters["A_minus"] * np.exp(lags / 33.7))
    np.testing.assert_allclose(result.final().magnitude - 0.5, meant, rtol=1e-10, atol=1e-15)
