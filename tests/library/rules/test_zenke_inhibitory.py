"""Gated inhibitory plasticity against sums over pairs of spikes, times the factor in closed form."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import bouton as bt
from bouton.units import Hz, ms, nS, second

Array = NDArray[np.float64]
TAU, TAU_H, ETA, HIGH, STEP = 18.0, 60.0, 0.05, 0.5, 0.1  # ms, ms, 1, 1, ms
GAMMA = {"events": 30.0, "linked": 80.0, "cells": 80.0}  # Hz: what is secreted goes above and below
STARTS = np.array([0.0, 0.2, 0.5])
rng = np.random.default_rng(2)
PRE = np.sort(rng.choice(1900, 18, replace=False)) * STEP
POST = np.sort(np.concatenate([rng.choice(np.setdiff1d(np.arange(1900), PRE * 10), 15, replace=False) * STEP, PRE[5:10]]))
SECRETED = np.sort(np.concatenate([rng.choice(1900, 5, replace=False) * STEP, PRE[7:8], POST[8:9]]))
GRID = np.arange(1, 11) * 20.0
BEGIN = 40.0  # Hz


def expected(third: str, simultaneous: str) -> Array:
    """On the grid. Each spike with all earlier ones of the other side; at one time presynaptic ones come first."""
    w, course = STARTS.copy(), np.empty((len(GRID), len(STARTS)))
    for t, side in sorted([(t, 0) for t in PRE] + [(t, 1) for t in POST]):
        others = POST[t > POST] if side == 0 else PRE[t >= PRE] if simultaneous == "pre_first" else PRE[t > PRE]
        pairs = float(np.exp(-(t - others) / TAU).sum()) + (side == 0)
        w = np.clip(w + ETA * (factor(third, t, side) / GAMMA[third] - 1) * pairs, 0.0, HIGH)
        course[t < GRID - 0.05] = w
    return course


def factor(third: str, t: float, side: int) -> float:
    """H in Hz, decayed by the step; spikes that a linked one receives come between presynaptic and postsynaptic blocks."""
    spikes = SECRETED if third == "events" else POST
    seen = spikes[t >= spikes] if third == "linked" and side == 1 else spikes[t > spikes]
    return BEGIN * float(np.exp(-(t + STEP) / TAU_H)) + 1e3 / TAU_H * float(np.exp(-(t - seen) / TAU_H).sum())


def run(third: str, simultaneous: str = "pre_first", sign: str = "positive", unit: str = "1") -> Array:
    """Weights of a synapse onto each of three cells that fire together, on the grid, without sign and unit."""
    network, count, size = bt.Network(), len(STARTS), 1.0 if unit == "1" else 1 * nS
    kind = {"factor": "linked"} if third == "linked" else {"factor": "events", "tau_H": TAU_H * ms, "N": 1.0}
    values = {"tau": TAU * ms, "eta": ETA * size, "gamma": GAMMA[third] * Hz, "w_max": HIGH * size}
    rule = bt.rules.ZenkeInhibitory(unit=unit, simultaneous=simultaneous, sign=sign, **kind, **values)
    before = network.add(bt.SpikeTimes(1, PRE * ms))
    spikes = bt.SpikeTimes(count, np.repeat(POST, count) * ms, np.tile(np.arange(count), len(POST)))
    cells = network.add(bt.Population(count, bt.NeuronModel(f"received : {unit}", name="cell"), force_spikes=spikes))
    start: dict[str, Any] = {"w": (-1 if sign == "negative" else 1) * STARTS * size}
    if third == "linked":
        secreted = network.add(bt.Population(1, bt.NeuronModel(f"dH/dt = -H/({TAU_H}*ms) : Hz", name="secreted"), H=BEGIN * Hz))
        network.connect(cells, secreted, bt.SynapseModel(on_pre=f"H_post += 1/({count}*{TAU_H}*ms)", name="secretion"))
        start["link"] = {"H": secreted}
    else:
        start["events"] = {"secretion": cells if third == "cells" else network.add(bt.SpikeTimes(1, SECRETED * ms))}
        start["H"] = BEGIN * Hz
    synapses = network.connect(before, cells, rule, target="received", **start)
    simulation = bt.Simulation(network, dt=STEP * ms, backend="reference")
    recorded = simulation.record(synapses, "w", every=20 * ms)
    simulation.run(GRID[-1] * ms)
    return np.abs(recorded.values.magnitude)


@pytest.mark.parametrize("simultaneous", bt.rules.ZenkeInhibitory.options["simultaneous"])
@pytest.mark.parametrize("third", GAMMA)
def test_it_is_a_sum_over_pairs_times_the_factor(third: str, simultaneous: str) -> None:
    """A factor that a train secretes, that is linked to the cells' mean rate, or that is each cell's own rate."""
    np.testing.assert_allclose(run(third, simultaneous), expected(third, simultaneous), rtol=1e-9, atol=1e-14)


def test_cases_can_be_told_apart() -> None:
    courses = [expected(third, simultaneous) for third in GAMMA for simultaneous in ("pre_first", "apart")]
    assert all(np.abs(a - b).max() > 1e-3 for k, a in enumerate(courses) for b in courses[:k])
    assert all(c.min() == 0.0 and c.max() == HIGH for c in courses[:2])
    assert all((np.diff(c, axis=0) > 0).any() and (np.diff(c, axis=0) < 0).any() for c in courses)


def test_negative_weights_in_nanosiemens_follow_the_rule_with_their_magnitude() -> None:
    np.testing.assert_allclose(run("events", sign="negative", unit="nS"), expected("events", "pre_first"), rtol=1e-9, atol=1e-14)


def test_named_sets_are_models() -> None:
    """Figure 3: a symmetric window, positive at twice the target, negative without activity."""
    lags = np.array([-40.0, -10.0, 10.0, 40.0])
    rule = bt.rules.ZenkeInhibitory("zenke2015_figure3")
    for level, sign in ((8.0, 1), (0.0, -1)):
        network = bt.Network()
        before = network.add(bt.SpikeTimes(1, [100.0] * ms))
        spikes = bt.SpikeTimes(4, np.sort(100 + lags) * ms, np.arange(4))
        cells = network.add(bt.Population(4, bt.NeuronModel("received : 1", name="cell"), force_spikes=spikes))
        factor = network.add(bt.Population(1, bt.NeuronModel("H : Hz", name="held"), H=level * Hz))
        synapses = network.connect(before, cells, rule, target="received", w=0.15, link={"H": factor})
        simulation = bt.Simulation(network, dt=STEP * ms, backend="reference")
        simulation.run(150 * ms)
        found = simulation[synapses].w.magnitude - 0.15
        np.testing.assert_allclose(found, sign * 2e-5 * (1 + np.exp(-np.abs(lags) / 20)), rtol=1e-9)


@pytest.mark.slow
def test_the_population_settles_at_the_target() -> None:
    """Whatever drives its cells: the mean rate comes to γ, rates of single cells stay apart."""
    cell = bt.NeuronModel(
        "dv/dt = (drive - g - v)/(20*ms) + 0.3*xi*(20*ms)**-0.5 : 1\ndg/dt = -g/(10*ms) : 1\ndrive : 1 (constant)",
        threshold="v > 1",
        reset="v = 0",
        name="cell",
    )
    network = bt.Network()
    inputs = network.add(bt.Poisson(100, rate=10 * Hz))
    cells = network.add(bt.Population(20, cell, drive=np.linspace(1.05, 1.5, 20)))
    secreted = network.add(bt.Population(1, bt.NeuronModel("dH/dt = -H/second : Hz", name="secreted"), H=12 * Hz))
    network.connect(cells, secreted, bt.SynapseModel(on_pre="H_post += 1/(20*second)", name="secretion"))
    rule = bt.rules.ZenkeInhibitory(eta=5e-4, gamma=12 * Hz)
    network.connect(inputs, cells, rule, target="g", w=0.0, link={"H": secreted})
    simulation = bt.Simulation(network, dt=0.5 * ms, seed=1)
    spikes = simulation.record_spikes(cells)
    simulation.run(60 * second)
    rates = spikes.rate(30 * second, 60 * second).to("Hz").magnitude
    assert spikes.rate(stop=0.5 * second).magnitude.mean() > 20
    assert rates.mean() == pytest.approx(12.0, rel=0.03)
    assert rates.max() > 2 * rates.min()
