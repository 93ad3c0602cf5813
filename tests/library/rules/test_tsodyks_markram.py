"""Short-term plasticity against its maps from spike to spike, and what the paper says of steady trains."""

from __future__ import annotations

from math import exp, expm1

import numpy as np
import pytest
from numpy.typing import NDArray

import bouton as bt
from bouton.units import ms

Floats = NDArray[np.float64]
rng = np.random.default_rng(11)
STEPS = np.sort(rng.choice(6000, 50, replace=False))
PRE = STEPS * 0.1  # ms
POST = np.unique(np.concatenate([rng.choice(6000, 40, replace=False), STEPS[10:15]])) * 0.1
SETS = ((0.5, 800.0, 20.0), (0.03, 130.0, 530.0), (0.25, 60.0, 90.0), (1.0, 40.0, 300.0))  # U, τ_rec, τ_fac in ms
NEVER = np.array([1.0]) * ms  # a postsynaptic train must have a spike; it has no effect here


def released(train: Floats, U: float, tau_rec: float, tau_fac: float, u: float | None = None, x: float = 1.0) -> Floats:
    """Markram, Wang & Tsodyks (1998) and Maass & Markram (2002): what each spike releases, from that of the last.

    The first spike finds ``u`` and ``x`` as they are given, however late it comes (NEST's tsodyks2_synapse).
    """
    u = U if u is None else u
    found = [u * x]
    for gap in np.diff(train):
        x = 1.0 + (x - x * u - 1.0) * exp(-gap / tau_rec)
        u = U + u * (1.0 - U) * (exp(-gap / tau_fac) if tau_fac else 0.0)
        found.append(u * x)
    return np.array(found)


def released_by_three(train: Floats, U: float, tau_rec: float, tau_fac: float, tau_in: float) -> Floats:
    """Tsodyks, Pawelzik & Markram (1998): resources are active, then inactive, then ready again; solved between spikes."""
    y = z = u = 0.0
    found: list[float] = []
    for gap in (0.0, *np.diff(train)):
        rec, act = exp(-gap / tau_rec), exp(-gap / tau_in)
        y, z = y * act, z * rec + y * tau_rec / (tau_rec - tau_in) * (rec - act)
        u = u * exp(-gap / tau_fac) if tau_fac else 0.0
        u += U * (1.0 - u)
        found.append(u * (1.0 - y - z))
        y += found[-1]
    return np.array(found)


def sums(sets: tuple[tuple[float, ...], ...] = SETS, **options: str) -> Floats:
    """What was transmitted after each number of spikes, shape (sets, spikes): a synapse for each beginning of the train."""
    names = ("U", "tau_rec", "tau_fac")[: 2 if options.get("facilitation") == "none" else 3]
    values = {
        name: np.repeat([each[place] for each in sets], len(PRE)) * (1 if name == "U" else ms) for place, name in enumerate(names)
    }
    trains = [PRE[: count + 1] * ms for count in range(len(PRE))] * len(sets)
    result = bt.protocols.play(bt.rules.TsodyksMarkram(**options), trains, [NEVER] * len(trains), **values)
    received: Floats = result.simulation[result.cells].received.magnitude
    return received.reshape(len(sets), len(PRE))


@pytest.fixture(scope="module")
def recovered() -> Floats:
    return sums(form="recovered")


def test_each_spike_releases_what_the_map_says(recovered: Floats) -> None:
    meant = [np.cumsum(released(PRE, *each)) for each in SETS]
    np.testing.assert_allclose(recovered, meant, rtol=1e-12)


def test_the_first_spike_releases_u(recovered: Floats) -> None:
    np.testing.assert_allclose(recovered[:, 0], [each[0] for each in SETS], rtol=1e-15)


def test_both_forms_release_the_same(recovered: Floats) -> None:
    np.testing.assert_allclose(sums(form="facilitating"), recovered, rtol=1e-12)


def test_without_facilitation_u_stays() -> None:
    meant = [np.cumsum(released(PRE, U, tau_rec, 0.0)) for U, tau_rec, _ in SETS]
    np.testing.assert_allclose(sums(facilitation="none"), meant, rtol=1e-12)


@pytest.mark.parametrize("form", ["recovered", "facilitating"])
def test_three_states(form: str) -> None:
    found = sums(form=form, states="three")
    meant = [np.cumsum(released_by_three(PRE, *each, tau_in=3.0)) for each in SETS]
    np.testing.assert_allclose(found, meant, rtol=1e-11)
    assert (found[:, -1] < [released(PRE, *each).sum() for each in SETS]).all()


def test_three_states_without_facilitation() -> None:
    meant = [np.cumsum(released_by_three(PRE, U, tau_rec, 0.0, tau_in=3.0)) for U, tau_rec, _ in SETS]
    np.testing.assert_allclose(sums(facilitation="none", states="three"), meant, rtol=1e-11)


def test_three_states_with_two_equal_time_constants() -> None:
    """The closed form has a zero denominator here; its limit is what the rule must come to."""
    rule = bt.rules.TsodyksMarkram(facilitation="none", states="three", U=0.5, tau_rec=20 * ms, tau_in=20 * ms)
    result = bt.protocols.play(rule, np.array([5.0, 17.0]) * ms, NEVER)
    lost = 0.5 * (1.0 + 12.0 / 20.0) * exp(-12.0 / 20.0)
    assert result.simulation[result.cells].received.magnitude == pytest.approx([0.5 + 0.5 * (1.0 - lost)], rel=1e-12)


def test_it_may_start_elsewhere() -> None:
    """NEST's tsodyks2_synapse: the first spike finds the initial u and x. Here they decay until that spike, from t = 0.

    A spike of the first step comes at its end, so that values are set for 0.1 ms earlier.
    """
    train = PRE - PRE[0]
    start = {"g": (0.3 - 0.03) * exp(0.1 / 530.0), "d": (1.0 - 0.6) * exp(0.1 / 130.0)}
    result = bt.protocols.play(bt.rules.TsodyksMarkram(), train * ms, NEVER, **start)
    meant = released(train, 0.03, 130.0, 530.0, u=0.3, x=0.6).sum()
    np.testing.assert_allclose(result.simulation[result.cells].received.magnitude, meant, rtol=1e-12)


@pytest.mark.parametrize("facilitation", ["decaying", "none"])
def test_its_beginning_may_wait_for_the_first_spike(facilitation: str) -> None:
    """As in NEST's tsodyks2_synapse, however late that is."""
    rule = bt.rules.TsodyksMarkram(start="waiting", facilitation=facilitation)
    start = {"d_first": 1.0 - 0.6} | ({"g_first": 0.3 - 0.03} if facilitation == "decaying" else {})
    late = PRE + 40.0
    result = bt.protocols.play(rule, late * ms, NEVER, **start)
    fac, u = (530.0, 0.3) if facilitation == "decaying" else (0.0, 0.03)
    meant = released(late, 0.03, 130.0, fac, u=u, x=0.6).sum()
    np.testing.assert_allclose(result.simulation[result.cells].received.magnitude, meant, rtol=1e-12)


def steady(name: str, rates: Floats, seconds: float) -> Floats:
    """What the last spike of regular trains releases, as the difference of two cells that miss and have it."""
    last = [np.round(np.arange(1.0, seconds * 1e3, 1e3 / rate), 1) for rate in rates]
    trains = [train * ms for train in last] + [train[:-1] * ms for train in last]
    result = bt.protocols.play(bt.rules.TsodyksMarkram(name), trains, [NEVER] * len(trains))
    received: Floats = result.simulation[result.cells].received.magnitude
    return received[: len(rates)] - received[len(rates) :]


def test_the_depressing_synapse_has_a_limiting_frequency() -> None:
    """1/(U·τ_rec) = 2.5 Hz: below it a spike releases U, above it the release of all spikes in a second is 1/τ_rec.

    The two lines cross there; a train of 500 Hz is still (1-U)/(U·500 Hz·τ_rec) = 0.25 % below the second.
    """
    slow, fast = steady("tsodyks1998_depressing", np.array([0.1, 500.0]), 25.0)
    assert slow == pytest.approx(0.5, rel=1e-5)
    assert fast * 500.0 / slow == pytest.approx(2.5, rel=0.005)


def test_the_facilitating_synapse_has_a_peak() -> None:
    """Between the falling and the rising side; where it is follows from the fixed point of the map."""
    periods = np.arange(30.0, 66.0, 1.0)  # ms, on the grid
    rates = 1e3 / periods
    found = steady("tsodyks1998_facilitating", rates, 14.0)
    u = 0.03 / (1.0 - 0.97 * np.exp(-periods / 530.0))
    x = -np.array([expm1(-period / 130.0) for period in periods]) / (1.0 - (1.0 - u) * np.exp(-periods / 130.0))
    np.testing.assert_allclose(found, u * x, rtol=1e-9)
    assert rates[found.argmax()] == pytest.approx(20.82, abs=0.3)  # half the distance of the rates
    assert found.max() == pytest.approx(0.1656, abs=1e-4)


def test_it_modulates_what_a_rule_with_a_weight_transmits() -> None:
    """The weight is that of pairs, the release that of the map, and what arrives is their product at each spike."""
    rule = bt.rules.TsodyksMarkram(U=0.4) & bt.rules.PairSTDP(A_plus=0.02, A_minus=0.03)
    result = bt.protocols.play(rule, PRE * ms, [POST * ms] * 2, w=[0.3, 0.7])
    release = released(PRE, 0.4, 130.0, 530.0)
    for synapse, start in enumerate((0.3, 0.7)):
        w, received, spikes = start, 0.0, [(t, 0) for t in PRE] + [(t, 1) for t in POST]
        for t, post in sorted(spikes):
            if post:
                w = min(w + 0.02 * float(np.exp(-(t - PRE[t >= PRE]) / 20.0).sum()), 1.0)
            else:
                received += w * release[np.flatnonzero(t == PRE)[0]]
                w = max(w - 0.03 * float(np.exp(-(t - POST[t > POST]) / 20.0).sum()), 0.0)
        assert result.final().magnitude[synapse] == pytest.approx(w, rel=1e-11)
        assert result.simulation[result.cells].received.magnitude[synapse] == pytest.approx(received, rel=1e-11)
