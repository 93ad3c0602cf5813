"""Numbers drawn ahead for many elements are those that each element would draw for itself."""

from __future__ import annotations

import numpy as np
import pytest

import bouton as bt
from bouton.kernels import functions
from bouton.plan.nodes import SOON
from bouton.runtime import propagators
from bouton.runtime.propagators import decay_tables
from bouton.units import ms, second


@pytest.mark.parametrize("mean", [0.0, 1e-9, 0.2, 3.0, 15.9, 16.1, 400.0, 2e5])
def test_poisson(mean: float) -> None:
    model = bt.NeuronModel(
        "n : 1\nu : 1\nz : 1",
        every=(bt.dt, "n = poisson(m); u = rand() + rand(); z = z + randn()"),
        threshold="rand() < 0.2",
        reset="n = -1",
        parameters={"m": mean},
    )
    found = {}
    for backend in ("cpu", "reference"):
        net = bt.Network()
        cells = net.add(bt.Population(600, model))
        sim = bt.Simulation(net, dt=1 * ms, seed=3, backend=backend)
        spikes = sim.record_spikes(cells)
        values = sim.record(cells, "n")
        sim.run(3 * ms)
        found[backend] = [values.values.magnitude, sim[cells].u.magnitude, spikes.indices, sim[cells].z.magnitude]
    for ours, meant in zip(*found.values(), strict=True):
        np.testing.assert_array_equal(ours, meant)


@pytest.mark.parametrize("rate", [-0.005, -1.0, -1e-7, -40.0, 0.0, 0.01])
def test_decay_tables(rate: float) -> None:
    shift, near, far = decay_tables(rate)
    n = np.unique(np.concatenate([np.arange(2000), np.geomspace(1, 2**31 - 1, 500).astype(np.int64)]))
    product = near[n & (len(near) - 1)] * far[np.minimum(n >> shift, len(far) - 1)]
    assert len(near) == 1 << shift
    with np.errstate(over="ignore"):
        exact = np.exp(np.longdouble(rate) * n).astype(float)
    normal = (exact > 1e-300) & np.isfinite(exact)
    np.testing.assert_allclose(product[normal], exact[normal], rtol=4e-16 * (1 + 700))
    np.testing.assert_allclose(product[exact <= 1e-300], 0.0, atol=1e-299)
    assert len(near) + len(far) < 2**18


@pytest.mark.parametrize("rate", [-0.005, -40.0, 0.0, 0.001])
def test_the_first_decays_are_the_same_bits(rate: float) -> None:
    shift, near, far = decay_tables(rate)
    n = np.arange(SOON)
    product = near[n & (len(near) - 1)] * far[np.minimum(n >> shift, len(far) - 1)]
    np.testing.assert_array_equal(propagators._soon(rate), product)
    assert SOON == functions.SOON


@pytest.mark.parametrize("backends", [("cpu",), pytest.param(("cpu", "reference"), marks=pytest.mark.slow)], ids=str)
def test_decays_beyond_the_first(backends: tuple[str, ...]) -> None:
    """A trace that is read after more steps than are looked up at once."""
    rule = bt.SynapseModel("w : 1\ndx/dt = -x/(2*second) : 1", on_pre="w = x; x += 1", name="rule")
    found = []
    for backend in backends:
        net = bt.Network()
        times = np.array([1, 1 + SOON - 1, 1 + 2 * SOON]) * 0.1 * ms
        source = net.add(bt.SpikeTimes(1, times, [0, 0, 0]))
        synapses = net.connect(source, net.add(bt.Population(1, bt.NeuronModel("v : 1", name="cell"))), rule)
        sim = bt.Simulation(net, dt=0.1 * ms, backend=backend)
        weights = sim.record(synapses, "w", when="transmitted")
        sim.run(13.2 * second)
        found.append(weights.values.magnitude)
    np.testing.assert_array_equal(found[0], found[-1])
    steps = np.array([SOON - 1, SOON + 1]) * 0.1e-3 / 2
    np.testing.assert_allclose(found[0], [0, np.exp(-steps[0]), (1 + np.exp(-steps[0])) * np.exp(-steps[1])], rtol=1e-12)
