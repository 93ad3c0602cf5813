"""Jonke's rule against an event loop with traces in closed form."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

import bouton as bt
from bouton.units import ms, nS

P = {"lambda_": 0.04, "alpha": 0.7, "beta": 0.35, "mu_plus": -1.3, "mu_minus": 0.6}
TAU_PLUS, TAU_MINUS, UNIT, HIGH = 17.0, 34.0, 0.5, 0.6
rng = np.random.default_rng(9)
PRE = np.sort(rng.choice(8000, 50, replace=False)) * 0.1  # ms
POST = np.sort(np.concatenate([rng.choice(np.setdiff1d(np.arange(8000), PRE * 10), 45, replace=False) * 0.1, PRE[10:15]]))
STARTS = (0.0, 0.2, 0.6)
GRID = np.arange(1, 41) * 20.0  # ms


def expected(
    scale: str, bounds: str, simultaneous: str, first: int = 0, starts: tuple[float, ...] = STARTS
) -> NDArray[np.float64]:
    """Weights on the grid. ``first``: the side whose spike comes first at one time, 0 the presynaptic one."""
    size = P["lambda_"] * (HIGH if scale == "w_max" else UNIT)
    course = np.empty((len(GRID), len(starts)))
    for k, start in enumerate(starts):
        w = start
        for t, side in sorted([(t, 0) for t in PRE] + [(t, 1) for t in POST], key=lambda event: (event[0], event[1] != first)):
            others = (POST, PRE)[side]
            # With `apart` no spike of this step counts; else those of the side that comes first do.
            seen = others[others <= t] if simultaneous == "pre_first" and side != first else others[others < t]
            trace = sum(math.exp(-(t - s) / (TAU_MINUS, TAU_PLUS)[side]) for s in seen)
            if side == 0:
                w = w - size * (P["alpha"] * math.exp(P["mu_minus"] * w / UNIT) * trace + P["beta"])
            else:
                w = w + size * (math.exp(P["mu_plus"] * w / UNIT) * trace - P["beta"])
            if side == 0 or bounds == "hard":
                w = max(w, 0.0)
            if side == 1 or bounds == "hard":
                w = min(w, HIGH)
            course[t < GRID - 0.05, k] = w
    return course


def made(unit: str = "1", **given: object) -> bt.SynapseModel:
    size = 1.0 if unit == "1" else 1 * nS
    taus = {"tau_plus": TAU_PLUS * ms, "tau_minus": TAU_MINUS * ms}
    return bt.rules.Jonke(unit=unit, **P, **taus, w_0=UNIT * size, w_max=HIGH * size, **given)


VARIANTS = [(s, b, c) for s in ("w_0", "w_max") for b in ("one_sided", "hard") for c in ("pre_first", "apart")]


@pytest.mark.parametrize("scale, bounds, simultaneous", VARIANTS)
def test_it_is_the_event_loop(scale: str, bounds: str, simultaneous: str) -> None:
    rule = made(scale=scale, bounds=bounds, simultaneous=simultaneous)
    result = bt.protocols.play(
        rule, PRE * ms, [POST * ms] * 3, w=np.array(STARTS), record=["w"], every=20 * ms, duration=800 * ms
    )
    np.testing.assert_allclose(result.to_dataset()["w"].values, expected(scale, bounds, simultaneous), rtol=1e-10, atol=1e-14)


def test_options_can_be_told_apart() -> None:
    courses = [expected(*variant) for variant in VARIANTS] + [expected("w_0", "one_sided", "apart", first=1)]
    assert all(np.abs(a - b).max() > 1e-5 for k, a in enumerate(courses) for b in courses[:k])
    assert courses[0].min() < 0.0  # bounded on one side only
    assert courses[2].min() == 0.0


def test_the_order_of_nest() -> None:
    """Potentiation before depression at one time, neither of which sees the other spike."""
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, PRE * ms, np.zeros(len(PRE), dtype=np.int64)))
    spikes = bt.SpikeTimes(1, POST * ms, np.zeros(len(POST), dtype=np.int64))
    cell = net.add(bt.Population(1, bt.NeuronModel("received : 1", name="cell"), force_spikes=spikes))
    synapse = net.connect(source, cell, made(simultaneous="apart"), target="received", pattern=bt.OneToOne(), w=0.2)
    sim = bt.Simulation(net, dt=0.1 * ms, step_order=("integrate", "threshold", "on_post", "on_pre", "reset"))
    weights = sim.record(synapse, "w", every=20 * ms)
    sim.run(800 * ms)
    meant = expected("w_0", "one_sided", "apart", first=1, starts=(0.2,))
    np.testing.assert_allclose(weights.to_xarray().values, meant, rtol=1e-10, atol=1e-14)


def test_a_weight_may_have_a_unit() -> None:
    cells = bt.NeuronModel("received : nS", name="cell")
    result = bt.protocols.play(made("nS"), PRE * ms, [POST * ms] * 3, w=np.array(STARTS) * nS, neuron=cells)
    assert str(result.final().units) == "nanosiemens"
    np.testing.assert_allclose(result.final().magnitude, expected("w_0", "one_sided", "pre_first")[-1], rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("name", bt.rules.Jonke.sets)
def test_named_sets_are_models(name: str) -> None:
    """NEST's defaults are additive, without an offset."""
    lags = np.concatenate([np.arange(-60.0, 0.0), np.arange(1.0, 61.0)])
    post = [np.array([100.0 + lag]) * ms for lag in lags]
    found = bt.protocols.play(bt.rules.Jonke(name), 100 * ms, post, w=50.0).final().magnitude - 50.0
    np.testing.assert_allclose(found, np.sign(lags) * 0.01 * np.exp(-np.abs(lags) / 20), rtol=1e-9)
