"""Inhibitory plasticity against sums over pairs of spikes, and the rate it leads to."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

import bouton as bt
from bouton.units import Hz, ms, nS, second

TAU, ETA, RHO, HIGH = 18.0, 0.02, 60.0, 0.2  # ms, 1, Hz, 1
ALPHA = 2 * RHO * TAU * 1e-3
rng = np.random.default_rng(8)
PRE = np.sort(rng.choice(8000, 50, replace=False)) * 0.1  # ms
POST = np.sort(np.concatenate([rng.choice(np.setdiff1d(np.arange(8000), PRE * 10), 45, replace=False) * 0.1, PRE[10:15]]))
STARTS = (0.0, 0.1, 0.2)


def near(t: float, spikes: NDArray[np.float64]) -> float:
    return float(np.exp(-(t - spikes) / TAU).sum())


GRID = np.arange(1, 41) * 20.0  # ms


def expected(bounds: str, simultaneous: str) -> NDArray[np.float64]:
    """Magnitudes on the grid. Each spike with all earlier ones of the other side; one side comes first at one time."""
    pre, post = (1, 0) if simultaneous == "apart_post_first" else (0, 1)
    high = np.inf if bounds == "zero" else HIGH
    w = np.array(STARTS)
    course = np.empty((len(GRID), len(STARTS)))
    for t, side in sorted([(t, pre) for t in PRE] + [(t, post) for t in POST]):
        if side == post:
            w = w + ETA * near(t, PRE[t >= PRE] if simultaneous == "pre_first" else PRE[t > PRE])
        else:
            w = w + ETA * near(t, POST[t > POST])
            w = np.minimum(w, high) if bounds == "hard_in_turn" else w
            w = w - ETA * ALPHA
        w = np.clip(w, 0.0, high)
        course[t < GRID - 0.05] = w
    return course


def played(rule: bt.SynapseModel, sign: float = 1.0) -> NDArray[np.float64]:
    w = sign * np.array(STARTS)
    result = bt.protocols.play(rule, PRE * ms, [POST * ms] * 3, w=w, record=["w"], every=20 * ms, duration=800 * ms)
    return np.asarray(result.to_dataset()["w"].values)


def made(bounds: str = "zero", unit: str = "1", **given: object) -> bt.SynapseModel:
    size = 1.0 if unit == "1" else 1 * nS
    bound = {} if bounds == "zero" else {"w_max": HIGH * size}
    return bt.rules.VogelsInhibitory(unit=unit, bounds=bounds, tau=TAU * ms, eta=ETA * size, rho_0=RHO * Hz, **bound, **given)


@pytest.mark.parametrize("simultaneous", bt.rules.VogelsInhibitory.options["simultaneous"])
@pytest.mark.parametrize("bounds", bt.rules.VogelsInhibitory.options["bounds"])
def test_it_is_a_sum_over_pairs(bounds: str, simultaneous: str) -> None:
    rule = made(bounds, simultaneous=simultaneous)
    np.testing.assert_allclose(played(rule), expected(bounds, simultaneous), rtol=1e-10, atol=1e-14)


def test_options_can_be_told_apart() -> None:
    """The trains reach both bounds, and have coincidences."""
    courses = [expected(b, c) for b in ("zero", "hard", "hard_in_turn") for c in ("pre_first", "apart")]
    assert all(np.abs(a - b).max() > 1e-3 for k, a in enumerate(courses) for b in courses[:k])
    assert courses[2].min() == 0.0


@pytest.mark.parametrize("bounds", bt.rules.VogelsInhibitory.options["bounds"])
def test_negative_weights_follow_the_rule_with_their_magnitude(bounds: str) -> None:
    rule = made(bounds, sign="negative")
    np.testing.assert_allclose(-played(rule, -1.0), expected(bounds, "pre_first"), rtol=1e-10, atol=1e-14)


def test_a_weight_may_have_a_unit() -> None:
    cells = bt.NeuronModel("received : nS", name="cell")
    result = bt.protocols.play(made("hard", "nS"), PRE * ms, [POST * ms] * 3, w=np.array(STARTS) * nS, neuron=cells)
    assert str(result.final().units) == "nanosiemens"
    np.testing.assert_allclose(result.final().magnitude, expected("hard", "pre_first")[-1], rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("name", bt.rules.VogelsInhibitory.sets)
def test_named_sets_are_models(name: str) -> None:
    """The window is symmetric; a presynaptic spike alone depresses."""
    lags = np.concatenate([np.arange(-60.0, 0.0), np.arange(1.0, 61.0)])
    post = [np.array([100.0 + lag]) * ms for lag in lags]
    found = bt.protocols.play(bt.rules.VogelsInhibitory(name), 100 * ms, post, w=50.0).final().magnitude - 50.0
    np.testing.assert_allclose(found, 0.01 * (np.exp(-np.abs(lags) / 20) - 2 * 3.0 * 0.02), rtol=1e-9)


@pytest.mark.slow
def test_the_rate_settles_at_the_target() -> None:
    """Cells with drives of their own, which without inhibition fire at up to 70 Hz, come to fire at ρ₀ all the same.

    A little above: inhibition keeps the cell from firing after a presynaptic spike, and the rule sees fewer pairs than of
    independent trains.
    """
    cell = bt.NeuronModel(
        "dv/dt = (drive - g - v)/(20*ms) + 0.3*xi*(20*ms)**-0.5 : 1\ndg/dt = -g/(10*ms) : 1\ndrive : 1 (constant)",
        threshold="v > 1",
        reset="v = 0",
        name="cell",
    )
    net = bt.Network()
    inputs = net.add(bt.Poisson(100, rate=10 * Hz))
    cells = net.add(bt.Population(20, cell, drive=np.linspace(1.05, 2.0, 20)))
    rule = bt.rules.VogelsInhibitory(eta=0.004, rho_0=12 * Hz)
    synapses = net.connect(inputs, cells, rule, target="g", pattern=bt.AllToAll(), w=0.0)
    sim = bt.Simulation(net, dt=0.5 * ms, seed=1)
    spikes = sim.record_spikes(cells)
    sim.run(50 * second)
    sim[synapses].parameters.rho_0 = 6 * Hz
    sim.run(50 * second)
    assert spikes.rate(stop=0.5 * second).magnitude.max() > 40
    for start, target in ((20, 12.0), (70, 6.0)):
        rates = spikes.rate(start * second, (start + 30) * second).to("Hz").magnitude
        np.testing.assert_allclose(rates, target, rtol=0.2)
        assert rates.mean() == pytest.approx(target, rel=0.07)
