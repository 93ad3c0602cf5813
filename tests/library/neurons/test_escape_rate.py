"""Escape noise: how often, after how long, and how independently it fires, against closed forms."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import bouton as bt
from bouton.units import Hz, ms, mV, pA, pF

COUNT, STEPS = 80, 300


def simulated(dt: float = 0.1, **given: Any) -> tuple[bt.Simulation, bt.Population, Any]:
    currents = given.pop("I_ext", 0 * pA)
    model = bt.neurons.EscapeRate(**given)
    net = bt.Network()
    cells = net.add(bt.Population(COUNT, model, I_ext=currents, **bt.neurons.EscapeRate.at_rest(model)))
    sim = bt.Simulation(net, dt=dt * ms, seed=4, backend="reference")
    return sim, cells, sim.record_spikes(cells)


@pytest.mark.parametrize("dt, shift", [(0.1, 0.0), (0.1, 3.0), (1.0, 0.0)])
def test_the_probability_of_a_step(dt: float, shift: float) -> None:
    """At a constant voltage, ``shift`` above the threshold: binomial counts, also where the rate exceeds one in a step."""
    sim, _, spikes = simulated(dt, after="continue", t_ref=0 * ms, V_th=-(70 + shift) * mV, rho_0=900 * Hz, Delta_u=3 * mV)
    sim.run(STEPS * dt * ms)
    p = 1 - np.exp(-0.9 * np.exp(shift / 3) * dt)
    mean, sd = p * COUNT * STEPS, np.sqrt(p * (1 - p) * COUNT * STEPS)
    assert abs(len(spikes.steps) - mean) < 4 * sd
    assert spikes.counts().std() == pytest.approx(np.sqrt(p * (1 - p) * STEPS), rel=0.35)  # independent from step to step


def test_intervals_are_geometric_after_the_refractory_period() -> None:
    sim, _, spikes = simulated(after="reset", t_ref=2 * ms, V_th=-70 * mV, rho_0=800 * Hz, E_L=-70 * mV)
    sim.run(STEPS * 0.1 * ms)
    order = np.lexsort((spikes.steps, spikes.indices))
    steps, cells = np.asarray(spikes.steps)[order], np.asarray(spikes.indices)[order]
    intervals = np.diff(steps)[np.diff(cells) == 0]
    p = 1 - np.exp(-0.08)
    waits = intervals - 20
    assert waits.min() == 0
    first = np.array([(waits == k).mean() for k in range(4)])
    meant = p * (1 - p) ** np.arange(4)
    np.testing.assert_allclose(first, meant, atol=4 * np.sqrt(p / len(waits)))
    assert len(waits) > 400


def test_the_rate_is_exponential_in_the_voltage_and_can_be_read() -> None:
    currents = np.repeat([-50.0, 0.0, 50.0, 100.0], COUNT // 4)  # of 25 nS: -2 to 4 mV
    given = {"after": "continue", "V_th": -70 * mV, "rho_0": 300 * Hz, "Delta_u": 2.5 * mV, "t_ref": 0 * ms}
    sim, cells, spikes = simulated(I_ext=currents * pA, C=1 * pF, **given)  # it follows its current at once
    sim.run(5 * ms)
    rate = sim.record(cells, "rate")
    before = spikes.counts()
    sim.run(STEPS * 0.1 * ms)
    meant = 300 * np.exp(currents / 25 / 2.5)
    np.testing.assert_allclose(rate.values.to(Hz).magnitude[-1], meant, rtol=1e-9)
    mean = (spikes.counts() - before).reshape(4, -1).sum(axis=1)
    expected = (1 - np.exp(-meant[:: COUNT // 4] * 1e-4)) * STEPS * COUNT / 4
    assert (np.abs(mean - expected) < 4 * np.sqrt(expected)).all()


def test_a_spike_resets_or_does_not() -> None:
    for after, value in (("reset", -75.0), ("continue", -60.0)):
        given = {"V_reset": -75 * mV} if after == "reset" else {}
        model = bt.neurons.EscapeRate(after=after, E_L=-60 * mV, V_th=0 * mV, Delta_u=1 * mV, **given)
        net = bt.Network()
        forced = bt.SpikeTimes(1, [1.0] * ms)
        cell = net.add(bt.Population(1, model, force_spikes=forced, v=-60 * mV))
        sim = bt.Simulation(net, dt=0.1 * ms, backend="reference")
        sim.run(2.5 * ms)
        assert sim[cell].v.to(mV).magnitude == pytest.approx(value)


def test_nests_numbers() -> None:
    """1.238 exp(0.25 V) in 1/s, V counted from rest: at 12 mV 24.9 Hz."""
    model = bt.neurons.EscapeRate("nest_pp_psc_delta")
    net = bt.Network()
    cell = net.add(bt.Population(1, model, v=12 * mV))
    sim = bt.Simulation(net, dt=0.1 * ms, backend="reference")
    rate = sim.record(cell, "rate", when="start")
    sim.run(0.1 * ms)
    assert rate.values.to(Hz).magnitude[0, 0] == pytest.approx(1.238 * np.exp(3.0))
