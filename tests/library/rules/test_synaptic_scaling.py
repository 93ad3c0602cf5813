"""Synaptic scaling against its solution: an exponential of what the neuron lacked."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

import bouton as bt
from bouton.units import Hz, ms, nS, second

Floats = NDArray[np.float64]
rng = np.random.default_rng(3)
END, DT = 805.0, 0.1  # ms
PRE = np.sort(rng.choice(8000, 40, replace=False)) * DT
POST = [np.sort(rng.choice(8000, count, replace=False)) * DT for count in (60, 5, 1)]
POST[0] = np.unique(np.concatenate([POST[0], PRE[:5], [0.0, 100.0, 800.0, END - DT]]))  # coincident, and at scalings
W = np.array([0.3, 2.0, -1.0])
GOAL, TAU, BETA, GAMMA = 0.02, 150.0, 0.3, 0.002  # the rates per ms


def exponent(spikes: Floats, gamma: float = 0.0, until: float = END - DT) -> float:
    """β·∫(a_goal - a) + γ·∫∫(a_goal - a) until the last scaling by this step, each spike an exponential of area 1.

    The scaling of the step from t to t + dt is made with the state at its end, and spikes of a step come at its end: so
    the target has lasted dt longer than the time from a spike at t_i to a scaling at t.
    """
    last = np.floor(round(until / 100.0, 6)) * 100.0
    since = last - spikes[spikes < last]
    lasted = last + DT
    area = 1.0 - np.exp(-since / TAU)
    lack = GOAL * lasted - area.sum()
    owed = GOAL * lasted**2 / 2 - (since - TAU * area).sum()
    return float(BETA * lack + gamma * owed)


def played(**given: object) -> bt.protocols.Played:
    rule = bt.rules.SynapticScaling(a_goal=GOAL * 1000 * Hz, tau=TAU * ms, beta=BETA, **given)
    target = {"target": None} if given.get("delivery", "none") == "none" else {}
    return bt.protocols.play(rule, PRE * ms, [train * ms for train in POST], w=W, duration=END * ms, **target)


def test_the_weight_follows_what_is_lacking() -> None:
    meant = W * np.exp([exponent(train) for train in POST])
    np.testing.assert_allclose(played().final().magnitude, meant, rtol=1e-11)


def test_with_integral_control() -> None:
    meant = W * np.exp([exponent(train, GAMMA) for train in POST])
    found = played(control="integral", gamma=GAMMA * 1000 * Hz).final().magnitude
    np.testing.assert_allclose(found, meant, rtol=1e-10)
    assert (np.abs(found / played().final().magnitude - 1) > 0.01).all()


@pytest.mark.parametrize("control", ["proportional", "integral"])
def test_the_interval_does_not_matter(control: str) -> None:
    """Both scale at 800 ms for the last time."""
    found = [played(interval=interval, control=control).final().magnitude for interval in (10 * ms, 100 * ms)]
    np.testing.assert_allclose(found[0], found[1], rtol=1e-11)


def test_alone_it_transmits_its_weight() -> None:
    result = played(delivery="weight")
    factors = [[np.exp(exponent(train, until=t)) for t in PRE] for train in POST]
    received = result.simulation[result.cells].received.magnitude
    np.testing.assert_allclose(received, W * np.sum(factors, axis=1), rtol=1e-11)


def test_it_composes_with_a_rule_that_transmits() -> None:
    """STDP between scalings; the weights are those of a plain loop over events in the order of a step."""
    rule = bt.rules.PairSTDP(w_max=10.0) & bt.rules.SynapticScaling(a_goal=GOAL * 1000 * Hz, tau=TAU * ms, beta=BETA)
    starts = np.array([0.3, 2.0])
    result = bt.protocols.play(rule, PRE * ms, [POST[0] * ms] * 2, w=starts, duration=END * ms)
    events = [(t, 0) for t in np.arange(0.0, END, 100.0)] + [(t, 1) for t in PRE] + [(t, 2) for t in POST[0]]
    for synapse, start in enumerate(starts):
        w, received, done = start, 0.0, 0.0
        for t, kind in sorted((round(t, 1), kind) for t, kind in events):
            if kind == 0:
                total = exponent(POST[0], until=t)
                w, done = min(w * np.exp(total - done), 10.0), total
            elif kind == 1:
                received += w
                earlier = t - POST[0][POST[0] < t - DT / 2]
                w = max(w - 0.0525 * np.exp(-earlier / 20.0).sum(), 0.0)
            else:
                earlier = t - PRE
                w = min(w + 0.05 * np.exp(-earlier[earlier > -DT / 2] / 20.0).sum(), 10.0)
        assert result.final().magnitude[synapse] == pytest.approx(w, rel=1e-10)
        assert result.simulation[result.cells].received.magnitude[synapse] == pytest.approx(received, rel=1e-10)


def test_a_neuron_comes_to_its_target() -> None:
    """A neuron that integrates regular input fires at a rate in proportion to its weight: 20 Hz wanted, 8 Hz to begin with.

    The estimate of a regular rate ripples by 1/(rate·τ) = 2.5 % about it, and the rate comes within that of the target.
    """
    network = bt.Network()
    source = network.add(bt.Regular(1, period=1 * ms))
    cell = bt.NeuronModel("v : nS", threshold="v > 1*nS", reset="v -= 1*nS", name="integrator")
    cells = network.add(bt.Population(1, cell))
    rule = bt.rules.SynapticScaling(unit="nS", delivery="weight", a_goal=20 * Hz, tau=2 * second, beta=0.05)
    synapses = network.connect(source, cells, rule, target="v", w=0.008 * nS)
    simulation = bt.Simulation(network, dt=0.5 * ms)
    spikes = simulation.record_spikes(cells)
    simulation.run(40 * second)
    assert spikes.counts(30 * second, 40 * second)[0] / 10.0 == pytest.approx(20.0, rel=0.03)
    assert simulation[synapses].w.to(nS).magnitude == pytest.approx([0.02], rel=0.03)
