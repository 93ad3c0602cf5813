"""The rule of Bienenstock, Cooper and Munro against sums over spikes, pairs of spikes, and integrals of both."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import bouton as bt
from bouton.units import Hz, ms, second

Array = NDArray[np.float64]
ETA, TAU_X, TAU_Y, TAU_THETA, Y_0, THETA_0, P = 40.0, 23.0, 31.0, 90.0, 0.04, 0.085, 1.4  # in ms and spikes per ms
GIVEN = {
    "eta": ETA * ms**2, "tau_x": TAU_X * ms, "tau_y": TAU_Y * ms, "tau_theta": TAU_THETA * ms, "y_0": Y_0 * 1e3 * Hz,
    "theta_0": THETA_0 * 1e3 * Hz, "p": P, "w_max": 100.0,
}  # fmt: skip
rng = np.random.default_rng(21)
PRE = np.sort(rng.choice(1500, 25, replace=False)) * 0.1
POST = np.unique(np.concatenate([rng.choice(1500, 18, replace=False) * 0.1, PRE[5:9]]).round(1))
STEPS, STEP = 1700, 0.1
START = np.array([40.0, 50.0])
INTERPRETED = {"backend": "reference"}


def x(t: Array) -> Array:
    since = t[:, None] - PRE
    return np.asarray(np.where(since > 1e-9, np.exp(-np.maximum(since, 0) / TAU_X) / TAU_X, 0.0).sum(axis=1))


def y(t: Array) -> Array:
    since = t[:, None] - POST
    return np.asarray(np.where(since > 1e-9, np.exp(-np.maximum(since, 0) / TAU_Y) / TAU_Y, 0.0).sum(axis=1))


def theta(t: Array, threshold: str) -> Array:
    """Of all spikes before: constant, a power of a sum over spikes, or a sum over pairs of spikes."""
    if threshold == "fixed":
        return np.full(len(t), THETA_0)
    if threshold == "power":
        since = np.maximum(t[:, None] - POST, 0)
        m = ((np.exp(-since / TAU_THETA) - np.exp(-since / TAU_Y)) / (TAU_THETA - TAU_Y)).sum(axis=1)
        return np.asarray(m * (m / Y_0) ** P)
    found = np.zeros(len(t))
    for one in POST:
        for other in POST:
            late = max(one, other)
            now = np.maximum(t, late)
            rise = np.exp((one + other - 2 * late) / TAU_Y - (now - late) / TAU_THETA) - np.exp((one + other - 2 * now) / TAU_Y)
            found += rise / (2 / TAU_Y - 1 / TAU_THETA)
    return found / (TAU_Y**2 * Y_0 * TAU_THETA)


def slope(t: Array, threshold: str) -> Array:
    return ETA * y(t) * (y(t) - theta(t, threshold))


def played(given: dict[str, Any] = GIVEN, w: Any = START, backend: str = "reference", **options: Any) -> bt.protocols.Played:
    named = {"theta_0"} if options.get("threshold") == "fixed" else {"y_0", "tau_theta", "p"}
    named |= {"eta", "tau_y", "w_max"} | ({"tau_x"} if options.get("induction") != "spikes" else set())
    named -= {"p"} if options.get("threshold") != "power" else set()
    rule = bt.rules.BCM(**{k: v for k, v in given.items() if k in named}, **options)
    return bt.protocols.play(
        rule, PRE * ms, [POST * ms] * np.size(w), w=w, duration=STEPS * STEP * ms, options={"backend": backend}
    )


def changed(result: bt.protocols.Played) -> Array:
    return np.asarray(result.final().magnitude - START)


@pytest.mark.parametrize("threshold, error", [("fixed", 1e-10), ("power", 1e-10), ("sliding", 1e-4)])
def test_induction_by_spikes_is_a_sum_over_them(threshold: str, error: float) -> None:
    """A sliding threshold is that of steps, (dt/τ)² from the exact one, and y - θ is a difference."""
    change = slope(PRE, threshold).sum()
    np.testing.assert_allclose(changed(played(threshold=threshold, induction="spikes")), change, rtol=error)
    assert abs(change) > 0.1


@pytest.mark.parametrize("threshold, error", [("fixed", 5e-5), ("power", 5e-5), ("sliding", 2e-3)])
def test_induction_by_rates_is_the_integral(threshold: str, error: float) -> None:
    """Gauss's two points in each step; the scheme has its middle, and a sliding threshold of its start, dt/(2τ_θ) before.

    The middle errs by (dt/τ)²/24, with 1/τ of x y², and y - θ is a difference.
    """
    nodes = (np.arange(STEPS - 1)[:, None] + 0.5 + np.array([-0.5, 0.5]) / np.sqrt(3)).ravel() * STEP
    change = (x(nodes) * slope(nodes, threshold)).sum() * STEP / 2
    np.testing.assert_allclose(changed(played(threshold=threshold)), change, rtol=error)
    assert abs(change) > 0.1


@pytest.mark.parametrize("threshold, error", [("fixed", 1e-9), ("power", 1e-9), ("sliding", 1e-4)])
def test_what_steps_add_may_wait_for_the_next_spike(threshold: str, error: float) -> None:
    ends = np.arange(STEPS) * STEP  # spikes of step k come after its integration, which ends one step from those before
    change = (x(ends) * slope(ends, threshold)).sum() * STEP
    compiled = threshold == "fixed"
    result = played(threshold=threshold, advance="events", backend="cpu" if compiled else "reference")
    np.testing.assert_allclose(changed(result), change, rtol=error)
    assert not compiled or "every is added up with each target" in result.simulation.explain()


def test_bounds() -> None:
    """In each step; with `events` at presynaptic spikes, from where the weight goes on."""
    begin, high = np.array([0.2, 1.9]), 2.0
    middles, ends = (np.arange(STEPS) - 0.5) * STEP, np.arange(STEPS) * STEP
    slow, fast = 30 * x(middles) * slope(middles, "fixed") * STEP, 30 * x(ends) * slope(ends, "fixed") * STEP
    spikes = set(np.round(PRE / STEP).astype(int))
    w, late, touched = begin, begin, np.zeros(2)
    for step in range(STEPS):
        w = (w + slow[step]).clip(0, high)
        late = (late + fast[step]).clip(0, high) if step in spikes else late + fast[step]
        touched += (w == 0).any(), (w == high).any()
    assert (touched > 10).all()
    given = GIVEN | {"eta": 30 * GIVEN["eta"], "w_max": high}
    np.testing.assert_allclose(played(given, begin, threshold="fixed").final().magnitude, w, rtol=1e-9, atol=1e-12)
    found = played(given, begin, threshold="fixed", advance="events").final().magnitude
    np.testing.assert_allclose(found, late, rtol=1e-9, atol=1e-12)


def regular(rate: float, until: float) -> Any:
    return np.arange(1e3 / rate, until, 1e3 / rate).round() * ms


@pytest.mark.parametrize("induction", ["rates", "spikes"])
def test_the_change_crosses_zero_at_the_threshold(induction: str) -> None:
    """Regular trains, known from the start (y = rate): Δw = η N_pre r (r - θ), but for what y ripples, 1/(12 (r τ_y)²) of r²."""
    rates = np.array([4.0, 8.0, 9.5, 10.5, 12.5, 20.0])
    rule = bt.rules.BCM(
        threshold="fixed", induction=induction, theta_0=10 * Hz, tau_y=1 * second, eta=1e-5 * second**2, w_max=100.0
    )
    pre = np.sort(rng.choice(np.arange(10, 1700), 60, replace=False))
    post = [regular(rate, 2000.0) for rate in rates]
    result = bt.protocols.play(rule, pre * ms, post, w=50.0, y=rates * Hz, dt=1 * ms, duration=2000 * ms, options=INTERPRETED)
    change = result.final().magnitude - 50
    np.testing.assert_allclose(change, 1e-5 * 60 * rates * (rates - 10), rtol=0.1, atol=1e-5 * 60 * 2)
    assert list(np.sign(change)) == [-1, -1, -1, 1, 1, 1]


def test_the_threshold_slides_to_the_activity() -> None:
    """θ goes to <y²>/y_0 with τ_θ: what potentiates a quiet neuron depresses a busy one.

    With regular spikes θ at a spike is a geometric series of what a gap adds. Two steps are lost at most of the first gap.
    """
    rates = np.array([2.0, 4.0, 10.0, 20.0])
    gap, tau_y, tau_theta, y_0 = 1 / rates, 0.2, 1.0, 5.0
    top = 1 / (tau_y * (1 - np.exp(-gap / tau_y)))
    added = top**2 * (np.exp(-gap / tau_theta) - np.exp(-2 * gap / tau_y)) / (2 / tau_y - 1 / tau_theta) / (y_0 * tau_theta)
    rule = bt.rules.BCM(induction="spikes", tau_theta=1 * second, tau_y=200 * ms, y_0=5 * Hz, eta=1e-5 * second**2, w_max=100.0)
    probe = np.arange(4000, 4100, 12)
    post = [np.concatenate([regular(rate, 4000.0).magnitude, probe]) * ms for rate in rates]
    result = bt.protocols.play(
        rule,
        (probe + 5.0) * ms,
        post,
        w=50.0,
        y=top * Hz,
        dt=1 * ms,
        record=("theta",),
        every=500 * ms,
        duration=4150 * ms,
        options=INTERPRETED,
    )
    found = np.asarray(result.grid["theta"].values.to(Hz).magnitude)
    times = np.asarray(result.grid["theta"].times.to(second).magnitude)[:, None]
    meant = added * (1 - np.exp(-times / tau_theta)) / (1 - np.exp(-gap / tau_theta))
    np.testing.assert_allclose(found[times[:, 0] < 4.1], meant[times[:, 0] < 4.1], rtol=0.015)
    change = result.final().magnitude - 50
    assert list(np.sign(change)) == [1, 1, 1, -1]
    assert (np.diff(change) < 0).all()


@pytest.mark.slow
def test_triplets_are_this_rule_on_average() -> None:
    """Independent trains: w_0 x y (A₃⁺ τ₊ τ_y y - A₂⁻ τ₋), within five standard errors, below θ and above it.

    In steps of 1 ms an integral over a trace is a sum over them, from the begin of the run; r1 is read with the spike of its
    step.
    """
    count, length, rate, A3, A2, plus, minus, slow = 200, 3000, 0.03, 5e-2, 8e-3, 16.8, 33.7, 40.0
    rule = bt.rules.TripletSTDP(A2_plus=0.0, A3_minus=0.0, A3_plus=A3, A2_minus=A2, tau_y=slow * ms)
    threshold = A2 * minus / (A3 * plus * slow)
    sums = {tau: np.cumsum(np.exp(-np.arange(length) / tau)) for tau in (plus, minus, slow)}
    for y_rate in (0.5 * threshold, 4 * threshold):
        pre, post = ([np.flatnonzero(rng.random(length) < r) * ms for _ in range(count)] for r in (rate, y_rate))
        result = bt.protocols.play(rule, pre, post, w=0.0, dt=1 * ms, duration=length * ms, options=INTERPRETED)
        found = result.final().magnitude
        growth = A3 * sums[plus] * y_rate * (sums[slow] - 1)
        meant = rate * y_rate * (growth - A2 * (sums[minus] - 1)).sum()
        error = found.std() / np.sqrt(count)
        assert abs(found.mean() - meant) < 5 * error, (found.mean(), meant, error)
        assert np.sign(found.mean()) == np.sign(y_rate - threshold)


@pytest.mark.slow
@pytest.mark.parametrize("stronger", [0, 1])
def test_a_neuron_chooses_one_of_two_patterns(stronger: int) -> None:
    """Two groups of inputs take turns, and a neuron fires at random at the rate that they make; the stronger group wins.

    The other one ends at 0. Without it, dw/dt = 0 where <y²> = θ <y> while the group is active, and θ is half of that <y²> over
    y_0: y = 2 y_0, but for the time that y takes to follow (τ_y, twice in 1 s), and for chance: 60 s hold 600 spikes.
    """
    patterns = np.repeat([[30.0, 0.0], [0.0, 30.0]], 10, axis=1)
    network = bt.Network()
    source = network.add(bt.Poisson(20, bt.TimedArray(np.tile(patterns, (200, 1)) * Hz, dt=500 * ms)))
    cell = bt.NeuronModel("ddrive/dt = -drive/(20*ms) : Hz", threshold="rand() < drive*dt", name="linear")
    cells = network.add(bt.Population(1, cell))
    rule = bt.rules.BCM(unit="Hz", induction="spikes", eta=2e-5 * second**2, y_0=10 * Hz, w_max=20 * Hz)
    start = np.where(np.arange(20) // 10 == stronger, 2.6, 1.8)
    synapses = network.connect(source, cells, rule, target="drive", w=start * Hz, theta=5 * Hz)
    simulation = bt.Simulation(network, dt=1 * ms, seed=4)
    spikes = simulation.record_spikes(cells)
    simulation.run(200 * second)
    w = simulation[synapses].w.to(Hz).magnitude.reshape(2, 10).mean(axis=1)
    assert w[1 - stronger] < 0.05 * w[stronger]
    assert spikes.counts(140 * second, 200 * second)[0] / 30 == pytest.approx(20.0, rel=0.1)
