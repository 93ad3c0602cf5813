"""Normalisation against the weights of a matrix, divided by norms of its columns; and in between, STDP as sums over pairs."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

import bouton as bt
from bouton.units import ms, nS

Floats = NDArray[np.float64]
rng = np.random.default_rng(8)
SOURCES, CELLS = 12, 5
PRE = np.repeat(np.arange(SOURCES), 5), np.concatenate([np.sort(rng.choice(4000, 5, replace=False)) for _ in range(SOURCES)])
POST = np.repeat(np.arange(CELLS), 9), np.concatenate([np.sort(rng.choice(4000, 9, replace=False)) for _ in range(CELLS)])
POST[1][:3] = PRE[1][:3]  # coincident spikes; in ascending order again below
POST[1][:9].sort()
W = rng.uniform(0.1, 1.0, (SOURCES, CELLS)) * rng.choice([0, 1], (SOURCES, CELLS), p=[0.3, 0.7])
STEPS = 4050


def run(rule: bt.SynapseModel, w: Floats, steps: int = STEPS, unit: str = "1") -> tuple[Floats, Floats]:
    """Weights at the end as a matrix, and what each cell received; synapses are where ``w`` is not 0."""
    network = bt.Network()
    source = network.add(bt.SpikeTimes(SOURCES, np.sort(PRE[1]) * 0.1 * ms, PRE[0][np.argsort(PRE[1], kind="stable")]))
    order = np.argsort(POST[1], kind="stable")
    forced = bt.SpikeTimes(CELLS, POST[1][order] * 0.1 * ms, POST[0][order])
    cells = network.add(bt.Population(CELLS, bt.NeuronModel(f"total : 1\nreceived : {unit}", name="cell"), force_spikes=forced))
    pairs = np.nonzero(w)
    given = w[pairs] if unit == "1" else w[pairs] * nS
    synapses = network.connect(source, cells, rule, target="received", pattern=bt.Pairs(*pairs), w=given)
    simulation = bt.Simulation(network, dt=0.1 * ms)
    simulation.run(steps * 0.1 * ms)
    found = np.zeros_like(w)
    found[pairs] = simulation[synapses].w.magnitude
    return found, simulation[cells].received.magnitude


def normalised(w: Floats, kind: str, norm: float, limit: str = "fixed") -> Floats:
    lengths = np.sum(np.abs(w), axis=0) if kind == "l1" else np.sqrt(np.sum(w**2, axis=0))
    kept = (lengths == 0) | ((lengths < norm) & (limit == "upper"))
    return np.asarray(w / np.where(kept, 1.0, lengths / norm))


SIGNED = W * np.where(np.arange(SOURCES)[:, None] % 3 == 0, -1.0, 1.0)


@pytest.mark.parametrize("limit", ["fixed", "upper"])
@pytest.mark.parametrize("kind", ["l1", "l2"])
def test_columns_have_the_norm(kind: str, limit: str) -> None:
    """Of both signs, and with a norm that some columns are above and some below."""
    norm = 1.01 * float(np.median(np.sum(np.abs(SIGNED) ** int(kind[1]), axis=0) ** (1 / int(kind[1]))))
    found, received = run(bt.rules.WeightNormalisation(kind=kind, limit=limit, delivery="weight", norm=norm), SIGNED)
    meant = normalised(SIGNED, kind, norm, limit)
    np.testing.assert_allclose(found, meant, rtol=1e-13)
    np.testing.assert_allclose(received, 5 * meant.sum(axis=0), rtol=1e-11)
    assert (np.abs(found - SIGNED).max(axis=0) > 1e-3).sum() >= 2


def test_a_norm_has_the_unit_of_the_weight() -> None:
    rule = bt.rules.WeightNormalisation(unit="nS", kind="l2", delivery="weight", norm=3 * nS)
    found, _ = run(rule, W, steps=5, unit="nS")
    np.testing.assert_allclose(found, normalised(W, "l2", 3.0), rtol=1e-13)


def test_weights_that_are_zero_stay() -> None:
    network = bt.Network()
    source = network.add(bt.Regular(2, period=1 * ms))
    cells = network.add(bt.Population(1, bt.NeuronModel("total : 1\nreceived : 1", name="cell")))
    rule = bt.rules.WeightNormalisation(delivery="weight")
    synapses = network.connect(source, cells, rule, target="received", w=0.0)
    simulation = bt.Simulation(network, dt=0.1 * ms)
    simulation.run(5 * ms)
    assert simulation[synapses].w.magnitude.tolist() == [0.0, 0.0]


@pytest.mark.parametrize("kind", ["l1", "l2"])
def test_stdp_goes_on_between(kind: str) -> None:
    """In the order of a step: normalisation, presynaptic spikes, postsynaptic ones."""
    rule = bt.rules.PairSTDP(A_plus=0.05, A_minus=0.06) & bt.rules.WeightNormalisation(kind=kind, interval=10 * ms, norm=1.3)
    found, received = run(rule, W)
    w, meant = W.copy(), np.zeros(CELLS)
    there = W != 0
    for step in range(STEPS):
        if step % 100 == 0:
            w = np.minimum(normalised(w, kind, 1.3), 1.0)
        for source in PRE[0][PRE[1] == step]:
            meant += w[source]
            for cell in range(CELLS):
                lags = step - POST[1][(POST[0] == cell) & (POST[1] < step)]
                w[source, cell] = max(w[source, cell] - 0.06 * np.exp(-lags / 200.0).sum(), 0.0) if there[source, cell] else 0.0
        for cell in POST[0][POST[1] == step]:
            for source in range(SOURCES):
                lags = step - PRE[1][(PRE[0] == source) & (PRE[1] <= step)]
                up = 0.05 * np.exp(-lags / 200.0).sum()
                w[source, cell] = min(w[source, cell] + up, 1.0) if there[source, cell] else 0.0
    np.testing.assert_allclose(found, w, rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(received, meant, rtol=1e-10)
    assert (np.abs(found - normalised(W, kind, 1.3)) > 0.01).any()
