"""The limit of summed weights against matrices: rows and columns whose sums exceed it give the same amount of each entry."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

import bouton as bt
from bouton.units import ms, nS

Floats = NDArray[np.float64]
rng = np.random.default_rng(9)
COUNT, STEPS, ETA, LIMIT, PLUS, MINUS, TAU, HIGH = 6, 1650, 0.05, 1.0, 0.08, 0.07, 20.0, 1.0
SPIKES = [np.sort(rng.choice(1600, 6, replace=False)) for _ in range(COUNT)]
SPIKES[3] = np.union1d(SPIKES[3], [SPIKES[0][2], 1000])  # two neurons at once, and a spike at a multiple of the interval
W = rng.uniform(0.05, 0.6, (COUNT, COUNT)) * rng.choice([1.0, 0.1], (COUNT, COUNT), p=[0.8, 0.2])
W = W * (rng.uniform(size=(COUNT, COUNT)) > 0.25) * ~np.eye(COUNT, dtype=bool)


def reduced(w: Floats, sums: str) -> Floats:
    """One interval. Rows are sources, columns targets."""
    excess = np.maximum(w.sum(axis=0) - LIMIT, 0)[None, :]
    if sums == "both":
        excess = excess + np.maximum(w.sum(axis=1) - LIMIT, 0)[:, None]
    return np.where(w > 0, np.maximum(w - ETA * excess, 0.0), 0.0)


def run(rule: bt.SynapseModel, steps: int, unit: str = "1") -> tuple[Floats, Floats]:
    """A recurrent network whose neurons are made to fire: weights as a matrix, and what each neuron received."""
    network, pairs = bt.Network(), np.nonzero(W)
    trains = bt.SpikeTimes(COUNT, np.concatenate(SPIKES) * 0.1 * ms, np.repeat(np.arange(COUNT), [len(s) for s in SPIKES]))
    cell = bt.NeuronModel(f"total : 1\nsent : 1\nreceived : {unit}", name="cell")
    cells = network.add(bt.Population(COUNT, cell, force_spikes=trains))
    w = W[pairs] * (1 if unit == "1" else nS)
    synapses = network.connect(cells, cells, rule, target="received", pattern=bt.Pairs(*pairs), w=w)
    simulation = bt.Simulation(network, dt=0.1 * ms, backend="reference")
    simulation.run(steps * 0.1 * ms)
    found = np.zeros_like(W)
    found[pairs] = simulation[synapses].w.magnitude
    return found, np.asarray(simulation[cells].received.magnitude)


@pytest.mark.parametrize("sums", bt.rules.Heterosynaptic.options["sums"])
def test_sums_come_down_to_the_limit(sums: str) -> None:
    """Some are above it at first, some below; some weights reach 0, which no other rule makes up for."""
    meant = W.copy()
    received = np.zeros(COUNT)
    for step in range(805):
        meant = reduced(meant, sums) if step % 10 == 0 else meant
        fired = np.array([step in each for each in SPIKES], dtype=float)
        received += fired @ meant
    rule = bt.rules.Heterosynaptic(unit="nS", sums=sums, interval=1 * ms, delivery="weight", eta=ETA, W_max=LIMIT * nS)
    found, got = run(rule, 805, "nS")
    np.testing.assert_allclose(found, meant, rtol=1e-11, atol=1e-14)
    np.testing.assert_allclose(got, received, rtol=1e-11)
    before, after = W.sum(axis=0), found.sum(axis=0)
    assert (before > LIMIT).any()
    assert (before < LIMIT).any()
    assert ((W > 0) & (found == 0)).any()
    np.testing.assert_allclose(np.maximum(after, LIMIT), LIMIT, atol=0.02)
    if sums == "incoming":
        np.testing.assert_array_equal(found[:, before < LIMIT], W[:, before < LIMIT])


def test_stdp_goes_on_between() -> None:
    """In the order of a step: the limit, presynaptic spikes, postsynaptic ones."""
    w, there = W.copy(), W > 0
    for step in range(STEPS):
        w = reduced(w, "incoming") if step % 100 == 0 else w
        past = [np.exp(-(step - each[each < step]) * 0.1 / TAU).sum() for each in SPIKES]
        seen = [np.exp(-(step - each[each <= step]) * 0.1 / TAU).sum() for each in SPIKES]
        for pre in (k for k in range(COUNT) if step in SPIKES[k]):
            w[pre] = np.clip(w[pre] - MINUS * np.array(past), 0, HIGH)
        for post in (k for k in range(COUNT) if step in SPIKES[k]):
            w[:, post] = np.clip(w[:, post] + PLUS * np.array(seen), 0, HIGH)
        w = np.where(there, w, 0.0)
    stdp = bt.rules.PairSTDP(tau_plus=TAU * ms, tau_minus=TAU * ms, A_plus=PLUS, A_minus=MINUS, w_max=HIGH)
    found, _ = run(stdp & bt.rules.Heterosynaptic(eta=ETA, W_max=LIMIT), STEPS)
    np.testing.assert_allclose(found, w, rtol=1e-9, atol=1e-12)
    assert np.abs(found - W).max() > 0.1
