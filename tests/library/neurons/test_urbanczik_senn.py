"""The two-compartment neuron against an adaptive solver, and its error against what it should be on average."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

import bouton as bt
from bouton.units import kHz, ms, mV, nS, pA

Array = NDArray[np.float64]


def traced(end: float, names: tuple[str, ...], count: int = 1, forced: Any = None, **values: Any) -> tuple[dict[str, Array], Any]:
    model = bt.neurons.UrbanczikSenn(**{key: values.pop(key) for key in ("phi_max",) if key in values})
    net = bt.Network()
    cells = net.add(bt.Population(count, model, force_spikes=forced, **bt.neurons.UrbanczikSenn.at_rest(model, **values)))
    sim = bt.Simulation(net, dt=0.1 * ms, seed=6, backend="reference")
    recorded, spikes = {name: sim.record(cells, name) for name in names}, sim.record_spikes(cells)
    sim.run(end * ms)
    return {name: r.values.magnitude for name, r in recorded.items()}, spikes


def test_both_compartments_are_solved() -> None:
    start = {"I": 700 * pA, "g_E": 60 * nS, "g_I": 90 * nS}
    found, _ = traced(20.0, ("U", "V"), phi_max=0 * kHz, **start)

    def slope(t: float, y: Array) -> list[float]:
        U, V = y
        rest = np.exp(-t / 3)
        soma = 30 * (-70 - U) + 60 * rest * (0 - U) + 90 * rest * (-75 - U) + 600 * (V - U)
        return [soma / 300, (30 * (-70 - V) + 700 * rest) / 300]

    meant = solve_ivp(slope, (0, 20), [-70.0, -70.0], t_eval=np.arange(1, 201) * 0.1, rtol=1e-11, atol=1e-11).y
    np.testing.assert_allclose(found["U"][:, 0], meant[0], atol=1e-3)
    np.testing.assert_allclose(found["V"][:, 0], meant[1], atol=1e-9)


def test_the_soma_comes_to_what_the_dendrite_predicts() -> None:
    """Without conductances at the soma; and with them, in between, by how much they are."""
    model = bt.neurons.UrbanczikSenn(phi_max=0 * kHz, tau_s=1e9 * ms)
    net = bt.Network()
    start = bt.neurons.UrbanczikSenn.at_rest(model, I=300 * pA, g_E=[0, 20] * nS)
    cells = net.add(bt.Population(2, model, **start))
    sim = bt.Simulation(net, dt=0.5 * ms, backend="reference")
    star = sim.record(cells, "V_star")
    sim.run(150 * ms)
    U, predicted = sim[cells].U.to(mV).magnitude, star.values.to(mV).magnitude[-1]
    np.testing.assert_allclose(predicted, (30 * -70 + 600 * -60) / 630, rtol=1e-5)
    np.testing.assert_allclose(U, [predicted[0], 630 * predicted[1] / 650], rtol=1e-5)


def test_the_error_of_a_step() -> None:
    """Less the expected spikes in each step, plus one in those of a spike, times the relative slope of φ in parts of 15 mV."""
    found, _ = traced(5.0, ("e", "V_star"), forced=bt.SpikeTimes(1, [2.0, 4.2] * ms), V=-55 * mV)
    V = found["V_star"][:, 0]
    rate = lambda v: 0.15 / (1 + 0.5 * np.exp((-55 - v) / 3))  # noqa: E731  (a formula)
    slope = 15 * (np.log(rate(V + 1e-4)) - np.log(rate(V - 1e-4))) / 2e-4
    fired = np.isin(np.arange(50), [20, 42])
    np.testing.assert_allclose(found["e"][:, 0], (fired - rate(V) * 0.1) * slope, rtol=1e-6)


def test_the_soma_fires_with_its_rate_and_not_at_once_again() -> None:
    model = bt.neurons.UrbanczikSenn(tau_s=1e9 * ms)
    net = bt.Network()
    start = bt.neurons.UrbanczikSenn.at_rest(model, I=525 * pA, V=-52.5 * mV)
    start["U"] = (30 * -70 + 600 * -52.5) / 630 * mV
    cells = net.add(bt.Population(60, model, **start))
    sim = bt.Simulation(net, dt=0.1 * ms, seed=8, backend="reference")
    spikes = sim.record_spikes(cells)
    sim.run(40 * ms)
    rate = 0.15 / (1 + 0.5 * np.exp((-55 - start["U"].magnitude) / 3))
    order = np.lexsort((spikes.steps, spikes.indices))
    steps, index = np.asarray(spikes.steps)[order], np.asarray(spikes.indices)[order]
    intervals = np.diff(steps)[np.diff(index) == 0]
    assert intervals.min() >= 30
    hazard = 1 - np.exp(-rate * 0.1)
    free = 60 * 400 - 29 * len(steps)  # neurons and steps in which a spike was possible, but for the last ones
    expected = hazard * free
    assert abs(len(steps) - expected) < 4 * np.sqrt(expected) + hazard * 29 * 9


def test_teaching_conductances_grow_in_each_step() -> None:
    teach = bt.TimedArray(np.repeat([2.0, 0.0], 10) * nS, dt=0.1 * ms)
    found, _ = traced(2.0, ("g_E", "g_I"), teach_E=teach, teach_I=1 * nS)
    decay = np.exp(-0.1 / 3)
    meant = [0.0]
    for step in range(20):
        meant.append(meant[-1] * decay + (2.0 if step < 10 else 0.0))
    np.testing.assert_allclose(found["g_E"][:, 0], meant[1:], rtol=1e-9)
    np.testing.assert_allclose(found["g_I"][-1, 0], (1 - decay**20) / (1 - decay), rtol=1e-9)


def test_a_rule_adds_up_the_error() -> None:
    """The synapse of the experiment, on a neuron of the library: it moves by the error of the steps while its trace is up."""
    rule = bt.SynapseModel(
        "G : 1\ndpsp/dt = -psp/(10*ms) : 1", on_pre="psp += 1", every=(bt.dt, "G += psp*e_post(t-dt)"), name="gradient"
    )
    model = bt.neurons.UrbanczikSenn()
    net = bt.Network()
    start = bt.neurons.UrbanczikSenn.at_rest(model)
    cells = net.add(bt.Population(2, model, force_spikes=bt.SpikeTimes(2, [4.0] * ms, [0]), **start))
    synapses = net.connect(net.add(bt.SpikeTimes(1, [1.0] * ms)), cells, rule, pattern=bt.AllToAll())
    sim = bt.Simulation(net, dt=0.1 * ms, backend="reference")
    sim.run(10 * ms)
    taught, other = sim[synapses].G.magnitude
    h = 5 / (1 + np.exp(-15 / 3) / 0.5)  # of a dendrite at rest
    assert taught - other == pytest.approx(h * np.exp(-3.1 / 10), rel=1e-6)
    assert other < 0
