"""Calcium-based plasticity against the equation solved piece by piece between threshold crossings."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

import bouton as bt
from bouton.errors import NetworkError
from bouton.units import ms, second

Array = NDArray[np.float64]
RHO, STEP = np.array([0.0, 0.4, 1.0]), 0.1
VALUES: dict[str, float] = {
    "tau": 4.0, "tau_Ca": 20.0, "C_pre": 0.8, "C_post": 1.1, "theta_d": 1.0, "theta_p": 1.3,
    "gamma_d": 200.0, "gamma_p": 321.808, "D": 13.7, "rho_star": 0.4,
}  # fmt: skip
CROSSED = VALUES | {"theta_d": 1.5, "theta_p": 0.9}
rng = np.random.default_rng(12)
PRE = np.sort(rng.choice(8000, 55, replace=False))
POST = np.unique(np.concatenate([rng.choice(np.setdiff1d(np.arange(8000), PRE), 45, replace=False), PRE[5:8], PRE[20:24] + 137]))
END = 20.0 * float(np.ceil(max(PRE[-1] + 137, POST[-1]) * STEP / 20)) + 60


def pieces(v: dict[str, float], end: float = END) -> list[tuple[float, float, bool, bool]]:
    """(start, length, above θ_d, above θ_p) in ms, between spikes and crossings; calcium is a sum over all spikes."""
    events = sorted([(t * STEP + v["D"], v["C_pre"]) for t in PRE] + [(t * STEP, v["C_post"]) for t in POST])
    times = np.array([t for t, _ in events])
    sizes = np.array([size for _, size in events])
    found = []
    for start, stop in zip(times, [*times[1:], end], strict=True):
        calcium = float((sizes * np.exp(-(start - times) / v["tau_Ca"]))[times <= start + 1e-9].sum())
        falls = {start, stop} | {start + v["tau_Ca"] * float(np.log(max(calcium / v[q], 1e-9))) for q in ("theta_d", "theta_p")}
        marks = sorted(mark for mark in falls if start <= mark <= stop)
        for left, right in pairwise(marks):
            middle = calcium * np.exp(-(0.5 * (left + right) - start) / v["tau_Ca"])
            found.append((left, right - left, bool(middle > v["theta_d"]), bool(middle > v["theta_p"])))
    return found


def flat(v: dict[str, float], end: float = END) -> Array:
    """Each piece in closed form."""
    rho = RHO.copy()
    for _, length, down, up in pieces(v, end):
        rate = v["gamma_d"] * down + v["gamma_p"] * up
        if rate:
            goal = v["gamma_p"] * up / rate
            rho = goal + (rho - goal) * np.exp(-rate * length / (1e3 * v["tau"]))
    return rho


def cubic(v: dict[str, float]) -> Array:
    """Each piece by an adaptive solver."""
    rho = RHO.copy()
    for _, length, down, up in pieces(v):

        def slope(_: float, r: Array, down: bool = down, up: bool = up) -> Array:
            drift = -r * (1 - r) * (v["rho_star"] - r) + v["gamma_p"] * (1 - r) * up - v["gamma_d"] * r * down
            return np.asarray(drift / (1e3 * v["tau"]))

        rho = solve_ivp(slope, (0.0, length), rho, rtol=1e-11, atol=1e-13).y[:, -1]
    return rho


def steps(v: dict[str, float], potential: str) -> Array:
    """The documented schemes, step by step: calcium of the middle of a step (flat), of rk4's stages (cubic)."""
    rho, calcium, half = RHO.copy(), 0.0, np.exp(-0.5 * STEP / v["tau_Ca"])
    h = STEP / (1e3 * v["tau"])
    pre, post = np.bincount(PRE + round(v["D"] / STEP), minlength=100_000), np.bincount(POST, minlength=100_000)
    for step in range(round(END / STEP)):
        at = calcium * half ** np.arange(3)
        if potential == "flat":
            up, down = v["gamma_p"] * (at[1] > v["theta_p"]), v["gamma_d"] * (at[1] > v["theta_d"])
            if up + down:
                rho = up / (up + down) + (rho - up / (up + down)) * np.exp(-(up + down) * h)
        else:

            def slope(r: Array, c: float) -> Array:
                rise = v["gamma_p"] * (1 - r) * (c > v["theta_p"]) - v["gamma_d"] * r * (c > v["theta_d"])
                return rise - r * (1 - r) * (v["rho_star"] - r)

            k1 = slope(rho, at[0])
            k2 = slope(rho + 0.5 * h * k1, at[1])
            k3 = slope(rho + 0.5 * h * k2, at[1])
            k4 = slope(rho + h * k3, at[2])
            rho = rho + h * (k1 + 2 * k2 + 2 * k3 + k4) / 6
        calcium = float(at[2]) + v["C_pre"] * pre[step] + v["C_post"] * post[step]
    return rho


def played(v: dict[str, float], dt: float = STEP, *, advance: str = "steps", **options: Any) -> bt.protocols.Played:
    units = {"tau": second, "tau_Ca": ms}
    given = {key: value * units.get(key, 1) for key, value in v.items() if key != "D"}
    if options["potential"] == "flat":
        del given["rho_star"]
    rule = bt.rules.GraupnerBrunel(advance=advance, **given, **options)
    start = {"r" if advance == "events" else "rho": RHO}
    train = [POST * STEP * ms] * 3
    return bt.protocols.play(
        rule, PRE * STEP * ms, train, dt=dt * ms, duration=END * ms, record=("rho", "c"), every=20 * ms, **start
    )


def last(result: bt.protocols.Played, name: str = "rho") -> Array:
    return np.asarray(result.grid[name].values.magnitude)[-1]


@pytest.mark.parametrize("v", [VALUES, CROSSED], ids=["depression first", "potentiation first"])
def test_events_are_the_closed_form(v: dict[str, float]) -> None:
    """At any moment, also between spikes: the record is read in the middle of excursions."""
    result = played(v, potential="flat", advance="events")
    rho = np.asarray(result.grid["rho"].values.magnitude)
    times = np.asarray(result.grid["rho"].times.to("ms").magnitude)
    found = pieces(v)
    for index in range(7, len(times), 6):
        now = times[index] - STEP  # what a spike of the last step does is in the record, without decay
        meant = RHO.copy()
        for start, length, down, up in found:
            rate = v["gamma_d"] * down + v["gamma_p"] * up
            if rate and start < now:
                goal = v["gamma_p"] * up / rate
                meant = goal + (meant - goal) * np.exp(-rate * min(length, now - start) / (1e3 * v["tau"]))
        np.testing.assert_allclose(rho[index], meant, rtol=1e-10, atol=1e-13)
    np.testing.assert_allclose(last(result), flat(v), rtol=1e-10, atol=1e-13)
    assert (np.abs(last(result) - RHO) > 0.05).all()


def test_events_are_exact_for_any_step() -> None:
    coarse = played(VALUES | {"D": 13.7}, 0.1, potential="flat", advance="events")
    fine = played(VALUES | {"D": 13.7}, 0.05, potential="flat", advance="events")
    np.testing.assert_allclose(last(coarse), last(fine), rtol=1e-10)


@pytest.mark.parametrize("potential", ["flat", "cubic"])
def test_steps_are_the_documented_schemes(potential: str) -> None:
    result = played(VALUES, potential=potential)
    np.testing.assert_allclose(last(result), steps(VALUES, potential), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("potential, exact", [("flat", flat), ("cubic", cubic)])
def test_steps_converge(potential: str, exact: Any) -> None:
    """Crossings are rounded to steps: errors fall with dt, and on the whole like it."""
    meant = exact(VALUES)
    errors = [np.abs(last(played(VALUES, dt, potential=potential)) - meant).max() for dt in (0.1, 0.025, 0.00625)]
    bound = np.array([0.1, 0.025, 0.00625]) * 322 / 4e3  # γ_p dt/τ: one crossing in the wrong step
    assert (errors < 4 * bound).all()
    assert errors[2] < errors[0] / 4


def test_the_cubic_potential_has_two_stable_states() -> None:
    """Without spikes the efficacy goes to 0 or 1, as the closed form for ρ* = 1/2 says."""
    rule = bt.rules.GraupnerBrunel(tau=0.2 * second)
    start = np.array([0.2, 0.5, 0.6])
    result = bt.protocols.play(rule, np.array([]) * ms, [np.array([]) * ms] * 3, duration=1000 * ms, rho=start)
    y = start - 0.5  # dy/dx = y (1/4 - y²), x = t/τ: y²/(1/4 - y²) grows by exp(x/2)
    grown = y**2 / (0.25 - y**2) * np.exp(0.5 * 1000 / 200)
    np.testing.assert_allclose(result.final("rho").magnitude, 0.5 + np.sign(y) * np.sqrt(0.25 * grown / (1 + grown)), rtol=1e-9)


def test_the_noise_has_the_variance_of_the_paper() -> None:
    """While calcium is above both thresholds, an Ornstein-Uhlenbeck process of variance σ²/(γ_p + γ_d) for long times."""
    gamma_d, gamma_p, sigma, tau = 200.0, 321.808, 2.8284, 4000.0  # ms
    count, dt, length = 4000, 0.1, 40.0
    rule = bt.rules.GraupnerBrunel(potential="flat", noise="white", tau=tau * ms, tau_Ca=1e6 * ms, sigma=sigma)
    post = [np.array([0.0]) * ms] * count
    result = bt.protocols.play(rule, np.array([]) * ms, post, duration=(length + dt) * ms, rho=0.2)
    rate, goal = (gamma_p + gamma_d) / tau, gamma_p / (gamma_p + gamma_d)
    keep = 1 - rate * dt  # Euler's factor for a step
    n = round(length / dt)
    variance = 2 * sigma**2 / tau * dt * (1 - keep ** (2 * n)) / (1 - keep**2)
    found = result.final("rho").magnitude
    assert abs(found.mean() - (goal + (0.2 - goal) * keep**n)) < 4 * np.sqrt(variance / count)
    assert abs(found.var() / variance - 1) < 4 * np.sqrt(2 / count)
    assert abs(variance / (sigma**2 / (gamma_p + gamma_d)) - 1) < 0.03


def test_table_S1_DP_depresses_and_potentiates() -> None:
    """Figure 2, DP: 60 pairs at 1 Hz. The mean efficacy is the paper's, with the share of time above each threshold."""
    lags = np.array([-80.0, -20.0, -10.0, 10.0, 20.0, 80.0])
    times = 200.0 + 1000.0 * np.arange(60)
    DP = {k: v for k, v in bt.rules.GraupnerBrunel.sets["graupner2012_tableS1_DP"].items() if k not in {"noise", "sigma"}}
    assert DP.pop("D") == 13.7 * ms  # as by default
    assert DP == {"C_pre": 1.0, "C_post": 2.0, "theta_p": 1.3, "gamma_d": 200.0, "gamma_p": 321.808}
    rule = bt.rules.GraupnerBrunel(potential="flat", advance="events", **DP)
    result = bt.protocols.play(
        rule, times * ms, [(times + lag) * ms for lag in lags], duration=60_200 * ms, r=0.5, record=("rho",), every=60_200 * ms
    )
    rho = np.asarray(result.grid["rho"].values.magnitude)[-1]
    grid = np.arange(0, 1000, 0.01)
    for lag, found in zip(lags, rho, strict=True):  # of one period long after the first
        calcium = sum(size * np.exp(-(grid - at) / 20.0) * (grid >= at) for at, size in ((200.0 + 13.7, 1.0), (200.0 + lag, 2.0)))
        down, up = float((calcium > 1.0).mean()), float((calcium > 1.3).mean())
        rates = 200.0 * down, 321.808 * up
        goal = rates[1] / sum(rates)
        assert found == pytest.approx(goal + (0.5 - goal) * np.exp(-60 * sum(rates) / 150), abs=5e-3)
    assert (rho[1:3] < 0.49).all()
    assert (rho[3:5] > 0.51).all()
    np.testing.assert_allclose(rho[[0, 5]], 0.5, atol=0.02)


def test_what_is_transmitted() -> None:
    """The weight when the spike arrives, before its own calcium."""
    rule = bt.rules.GraupnerBrunel(potential="flat", advance="events", w_0=0.5, w_1=2.5, tau=4 * second)
    result = bt.protocols.play(rule, np.array([10.0, 120.0]) * ms, [20 * ms], r=0.25)
    alone = bt.protocols.play(rule, 10 * ms, [20 * ms], r=0.25, duration=120 * ms, record=("rho",), every=10 * ms)
    got = result.simulation[result.cells].received.magnitude
    np.testing.assert_allclose(got, 0.5 + 2 * 0.25 + 0.5 + 2 * last(alone), rtol=1e-12)


@pytest.mark.parametrize("potential", ["flat", "cubic"])
def test_events_are_without_noise(potential: str) -> None:
    with pytest.raises(NetworkError, match="E401: events with noise='white'"):
        bt.rules.GraupnerBrunel(advance="events", potential=potential, noise="white")


def test_it_composes_and_learning_stops() -> None:
    short = bt.SynapseModel("dd/dt = -d/(100*ms) : 1", on_pre="transmit = 1 - d; d += 0.5*(1 - d)", name="short")
    rule = bt.rules.GraupnerBrunel(tau=4 * second) & short
    result = bt.protocols.play(rule, np.array([10.0, 20.0]) * ms, [15 * ms], calcium_rho=0.5)
    assert float(result.simulation[result.cells].received.magnitude[0]) > 0.5
    before = result.final("calcium_rho").magnitude
    result.simulation[result.synapses].learning = False
    result.simulation.run(30 * ms)
    np.testing.assert_array_equal(result.final("calcium_rho").magnitude, before)


@pytest.mark.parametrize("name", bt.rules.GraupnerBrunel.sets)
def test_named_sets_are_models(name: str) -> None:
    rule = bt.rules.GraupnerBrunel(name)
    result = bt.protocols.play(rule, np.arange(10, 200, 20.0) * ms, [np.arange(12, 200, 20.0) * ms] * 20, rho=0.5)
    assert np.std(result.final("rho").magnitude) > 0


@pytest.mark.slow
@pytest.mark.parametrize("v", [VALUES, CROSSED], ids=["depression first", "potentiation first"])
def test_events_with_the_cubic_potential_take_the_exact_intervals(v: dict[str, float]) -> None:
    """Against an adaptive solver between crossings. Slower plasticity, as it is in cells, errs by far less."""
    errors = []
    for tau in (v["tau"], 10 * v["tau"], 100 * v["tau"]):
        slow = v | {"tau": tau}
        units = {"tau": second, "tau_Ca": ms, "D": ms}
        rule = bt.rules.GraupnerBrunel(advance="events", **{key: value * units.get(key, 1) for key, value in slow.items()})
        end = END * ms
        stop = np.array([END - STEP])  # a last spike brings the efficacy up to date
        post = np.append(POST * STEP, stop)
        result = bt.protocols.play(rule, PRE * STEP * ms, [post * ms] * 3, duration=end, r=RHO)
        meant = RHO.copy()
        for start, length, down, up in pieces(slow, END - STEP):

            def slope(_: float, r: Array, down: bool = down, up: bool = up, tau: float = tau) -> Array:
                drift = -r * (1 - r) * (v["rho_star"] - r) + v["gamma_p"] * (1 - r) * up - v["gamma_d"] * r * down
                return np.asarray(drift / (1e3 * tau))

            meant = solve_ivp(slope, (0.0, min(length, END - STEP - start)), meant, rtol=1e-11, atol=1e-13).y[:, -1]
        errors.append(np.abs(result.final("r").magnitude - meant).max())
    assert errors[0] < 5e-3
    assert errors[1] < errors[0] / 20
    assert errors[2] < errors[1] / 20
    assert (np.abs(result.final("r").magnitude - RHO) > 1e-3).any()


def test_what_is_transmitted_with_the_cubic_potential_is_up_to_date() -> None:
    rule = bt.rules.GraupnerBrunel(advance="events", tau=0.2 * second)
    result = bt.protocols.play(rule, np.array([100.0, 400.0]) * ms, np.array([]) * ms, r=0.6, duration=500 * ms)
    y = 0.6 - 0.5
    meant = []
    for x in (
        100.0 / 200,
        400.0 / 200,
    ):  # without spikes: as in the closed form above; calcium of one spike is below the thresholds
        ratio = y**2 / (0.25 - y**2) * np.exp(x / 2)
        meant.append(0.5 + np.sqrt(0.25 * ratio / (1 + ratio)))
    received = float(np.asarray(result.simulation[result.cells].received.magnitude)[0])
    assert received == pytest.approx(sum(meant), rel=1e-3)
