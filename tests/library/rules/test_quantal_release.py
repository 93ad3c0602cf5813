"""Quantal release against what is known of it exactly: its mean, its variance, and how two spikes go together."""

from __future__ import annotations

from math import exp

import numpy as np
import pytest
from numpy.typing import NDArray

import bouton as bt
from bouton.units import ms

Floats = NDArray[np.float64]
rng = np.random.default_rng(5)
PRE = np.sort(rng.choice(6000, 45, replace=False)) * 0.1  # ms
N, U, TAU_REC, TAU_FAC = 5, 0.3, 120.0, 90.0
SYNAPSES = 2000
NEVER = np.array([1.0]) * ms


def probabilities(tau_fac: float) -> tuple[Floats, Floats]:
    """u and x at each spike, by the maps of Maass & Markram (2002): a site's chance to release, and to hold a vesicle."""
    u, x = U, 1.0
    found = [(u, x)]
    for gap in np.diff(PRE):
        x = 1.0 - (1.0 - x * (1.0 - u)) * exp(-gap / TAU_REC)
        u = U + u * (1.0 - U) * (exp(-gap / tau_fac) if tau_fac else 0.0)
        found.append((u, x))
    return np.array(found)[:, 0], np.array(found)[:, 1]


def played(seed: int = 1, synapses: int = SYNAPSES, **given: object) -> bt.protocols.Played:
    rule = bt.rules.QuantalRelease(n=N, U=U, tau_rec=TAU_REC * ms, **given)
    return bt.protocols.play(rule, PRE * ms, [NEVER] * synapses, events=["released"], options={"seed": seed})


def releases(result: bt.protocols.Played) -> Floats:
    """Vesicles, shape (spikes, synapses); the recording also holds the value at the one postsynaptic spike if that counts."""
    recording = result.events["released"]
    steps = np.asarray(recording.steps)
    values: Floats = recording.values.magnitude[np.isin(steps, np.round(PRE * 10).astype(int))]
    return values.reshape(len(PRE), -1)


@pytest.fixture(scope="module")
def facilitating() -> bt.protocols.Played:
    return played(facilitation="decaying", tau_fac=TAU_FAC * ms)


@pytest.fixture(scope="module")
def depressing() -> bt.protocols.Played:
    return played(facilitation="none")


@pytest.mark.parametrize("name, tau_fac", [("facilitating", TAU_FAC), ("depressing", 0.0)])
def test_mean_and_variance_are_those_of_independent_sites(name: str, tau_fac: float, request: pytest.FixtureRequest) -> None:
    """Each site releases with probability u·x, so that the number of one spike is binomial.

    Five standard errors: one of 180 numbers would be outside in one of 10 000 seeds. That of the variance is from the fourth
    moment of a binomial number, μ₄ = v·(1 + 3·v·(1 - 2/N)), v = N·p·(1-p).
    """
    found = releases(request.getfixturevalue(name))
    u, x = probabilities(tau_fac)
    p = u * x
    v = N * p * (1 - p)
    assert (np.abs(found.mean(axis=1) - N * p) < 5 * np.sqrt(v / SYNAPSES)).all()
    fourth = v * (1 + 3 * v * (1 - 2 / N))
    assert (np.abs(found.var(axis=1) - v) < 5 * np.sqrt((fourth - v**2) / SYNAPSES)).all()


def test_the_mean_is_what_the_deterministic_rule_releases(facilitating: bt.protocols.Played) -> None:
    """All spikes together; the standard error is taken from the synapses themselves."""
    rule = bt.rules.TsodyksMarkram(U=U, tau_rec=TAU_REC * ms, tau_fac=TAU_FAC * ms)
    smooth = bt.protocols.play(rule, PRE * ms, NEVER)
    received = facilitating.simulation[facilitating.cells].received.magnitude
    error = received.std() / np.sqrt(SYNAPSES)
    assert abs(received.mean() - smooth.simulation[smooth.cells].received.magnitude[0]) < 5 * error
    assert error < 0.01 * received.mean()


def test_a_release_is_missed_at_the_next_spike(depressing: bt.protocols.Played) -> None:
    """Covariance of two spikes in succession: a site that released has had exp(-gap/τ_rec) to stay empty.

    For a site with probabilities p of the first release and p' of the second it is p·u'·(1-exp(-gap/τ_rec)) - p·p'.
    """
    found = releases(depressing)
    u, x = probabilities(0.0)
    p, gaps = u * x, np.diff(PRE)
    meant = N * (p[:-1] * u[1:] * (1 - np.exp(-gaps / TAU_REC)) - p[:-1] * p[1:])
    centred = found - N * p[:, None]
    products = centred[:-1] * centred[1:]
    assert (np.abs(products.mean(axis=1) - meant) < 5 * products.std(axis=1) / np.sqrt(SYNAPSES)).all()
    assert (meant < -0.05).any()


def test_what_is_transmitted_is_what_is_released(facilitating: bt.protocols.Played) -> None:
    found = releases(facilitating)
    assert set(np.unique(found)) <= set(range(N + 1))
    received = facilitating.simulation[facilitating.cells].received.magnitude
    np.testing.assert_allclose(received, found.sum(axis=0) / N, rtol=1e-12)


def test_a_seed_decides_all(depressing: bt.protocols.Played) -> None:
    found = releases(depressing)[:, :100]
    assert (releases(played(seed=1, facilitation="none"))[:, :100] == found).all()
    assert (releases(played(seed=2, facilitation="none"))[:, :100] != found).any()


def test_certain_release_is_not_stochastic() -> None:
    """With U = 1 a spike empties all sites, and two at once 0.1 ms apart find none refilled after a very long time constant."""
    rule = bt.rules.QuantalRelease(n=7, U=1.0, tau_rec=1e9 * ms, facilitation="none")
    result = bt.protocols.play(rule, np.array([5.0, 5.1, 60.0]) * ms, NEVER)
    assert result.simulation[result.cells].received.magnitude.tolist() == [1.0]
    assert result.final("empty").magnitude.tolist() == [7.0]


def test_it_modulates_a_weight() -> None:
    """The weight is what all sites transmit together; at the second spike there is no vesicle."""
    rule = bt.rules.QuantalRelease(n=7, U=1.0, tau_rec=1e9 * ms) & bt.rules.PairSTDP()
    result = bt.protocols.play(rule, np.array([5.0, 20.0]) * ms, NEVER, w=0.25)
    assert result.simulation[result.cells].received.magnitude.tolist() == [0.25]
    meant = 0.25 - 0.00525 * (exp(-4.0 / 20.0) + exp(-19.0 / 20.0))
    assert result.final().magnitude == pytest.approx([meant], rel=1e-12)


def test_vesicles_do_not_stop_with_learning() -> None:
    network = bt.Network()
    source = network.add(bt.SpikeTimes(1, np.array([5.0, 20.0]) * ms, [0, 0]))
    cells = network.add(bt.Population(1, bt.NeuronModel("received : 1", name="cell")))
    rule = bt.rules.QuantalRelease(n=7, U=1.0, tau_rec=1e9 * ms)
    synapses = network.connect(source, cells, rule, target="received")
    simulation = bt.Simulation(network, dt=0.1 * ms)
    simulation[synapses].learning = False
    simulation.run(30 * ms)
    assert simulation[cells].received.magnitude.tolist() == [1.0]
