"""Hodgkin–Huxley and Traub–Miles against an adaptive solver of the equations as the textbooks print them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

import bouton as bt
from bouton.units import ms, mV, nS, pA

Array = NDArray[np.float64]


def squid(v: float) -> tuple[float, ...]:
    """α and β of m, h and n, of the voltage itself (Dayan & Abbott, Theoretical Neuroscience, 5.22, 5.24)."""
    return (
        0.1 * (v + 40) / (1 - np.exp(-0.1 * (v + 40))), 4 * np.exp(-0.0556 * (v + 65) * (1 / 18 / 0.0556)),
        0.07 * np.exp(-0.05 * (v + 65)), 1 / (1 + np.exp(-0.1 * (v + 35))),
        0.01 * (v + 55) / (1 - np.exp(-0.1 * (v + 55))), 0.125 * np.exp(-0.0125 * (v + 65)),
    )  # fmt: skip


def hippocampus(v: float) -> tuple[float, ...]:
    x = v + 63
    return (
        0.32 * (13 - x) / (np.exp((13 - x) / 4) - 1), 0.28 * (x - 40) / (np.exp((x - 40) / 5) - 1),
        0.128 * np.exp((17 - x) / 18), 4 / (1 + np.exp((40 - x) / 5)),
        0.032 * (15 - x) / (np.exp((15 - x) / 5) - 1), 0.5 * np.exp((10 - x) / 40),
    )  # fmt: skip


CELLS: dict[str, tuple[Any, tuple[float, ...]]] = {  # rates; C, g_L, g_Na, g_K, E_L, E_Na, E_K
    "HodgkinHuxley": (squid, (100, 30, 12000, 3600, -54.402, 50, -77)),
    "TraubMiles": (hippocampus, (200, 10, 20000, 6000, -60, 50, -90)),
}


def solved(name: str, current: float, start: list[float], t: Array) -> Array:
    rates, (c, g, na, k, e_l, e_na, e_k) = CELLS[name]

    def slope(_: float, y: Array) -> list[float]:
        v, m, h, n = y
        a_m, b_m, a_h, b_h, a_n, b_n = rates(v)
        flow = g * (e_l - v) + na * m**3 * h * (e_na - v) + k * n**4 * (e_k - v) + current
        return [flow / c, a_m * (1 - m) - b_m * m, a_h * (1 - h) - b_h * h, a_n * (1 - n) - b_n * n]

    solution: Array = solve_ivp(slope, (0, t[-1]), start, t_eval=t, method="LSODA", rtol=1e-10, atol=1e-10).y
    return solution


def simulated(name: str, current: float, dt: float, end: float, **given: Any) -> tuple[Array, Array, list[float]]:
    """The trace of v, the steps of spikes, and the state at the beginning."""
    neuron = getattr(bt.neurons, name)
    model = neuron(**given)
    net = bt.Network()
    rest = neuron.at_rest(model)
    cells = net.add(bt.Population(1, model, I_ext=current * pA, **rest))
    sim = bt.Simulation(net, dt=dt * ms, backend="reference")
    v, spikes = sim.record(cells, "v"), sim.record_spikes(cells)
    sim.run(end * ms)
    start = [float(rest["v"].to(mV).magnitude), *(float(rest[gate]) for gate in "mhn")]
    return v.values.to(mV).magnitude[:, 0], np.asarray(spikes.steps), start


@pytest.mark.parametrize("name, current", [("HodgkinHuxley", 1000.0), ("TraubMiles", 500.0)])
def test_voltages_are_those_of_the_equations(name: str, current: float) -> None:
    found, spikes, start = simulated(name, current, 0.01, 7.0, scheme="rk4")
    t = np.arange(1, 701) * 0.01
    meant = solved(name, current, start, t)[0]
    np.testing.assert_allclose(found, meant, atol=1e-2)  # where it rises by 500 mV/ms
    above = np.concatenate([[start[0]], meant]) > -20
    np.testing.assert_array_equal(spikes, np.flatnonzero(above[1:] & ~above[:-1]))
    assert len(spikes) >= 1
    coarse, at, _ = simulated(name, current, 0.01, 7.0)
    assert len(at) == len(spikes)
    assert (np.abs(at - spikes) * 0.01 < 0.05).all()  # a scheme of first order
    assert np.abs(coarse - meant)[:100].max() < 0.1


@pytest.mark.parametrize("name", CELLS)
def test_gates_begin_where_they_stand(name: str) -> None:
    _, _, (v, *gates) = simulated(name, 0.0, 0.1, 0.1)
    a_m, b_m, a_h, b_h, a_n, b_n = CELLS[name][0](v)
    np.testing.assert_allclose(gates, [a_m / (a_m + b_m), a_h / (a_h + b_h), a_n / (a_n + b_n)], rtol=1e-12)
    if name == "HodgkinHuxley":  # and the whole neuron
        np.testing.assert_allclose(simulated(name, 0.0, 0.1, 20.0)[0], -65, atol=2e-3)


@pytest.mark.parametrize("name, singular", [("HodgkinHuxley", (-40.0, -55.0)), ("TraubMiles", (-50.0, -23.0, -48.0))])
def test_rates_are_finite_where_they_are_zero_over_zero(name: str, singular: tuple[float, ...]) -> None:
    neuron = getattr(bt.neurons, name)
    model = neuron()
    net = bt.Network()
    voltages = np.concatenate([np.array(singular), np.array(singular) + 1e-3])
    cells = net.add(bt.Population(len(voltages), model, v=voltages * mV))
    sim = bt.Simulation(net, dt=0.01 * ms, backend="reference")
    names = [f"{which}_{gate}" for gate in "mhn" for which in ("alpha", "beta")]
    recorded = [sim.record(cells, each, when="start") for each in names]
    sim.run(0.01 * ms)
    found = np.array([each.values.to(1 / ms).magnitude[0] for each in recorded])
    count = len(singular)
    np.testing.assert_allclose(found[:, :count], found[:, count:], rtol=3e-4)
    near = np.array([CELLS[name][0](v) for v in voltages[count:]]).T
    np.testing.assert_allclose(found[:, count:], near, rtol=1e-7)


@pytest.mark.slow
def test_repetitive_firing_of_the_squid_axon() -> None:
    """At 3 µA/cm² there is one spike at most, at 10 µA/cm² a train of about 70 Hz; the current is per 10⁻⁴ cm²."""
    rates = {}
    for density in (3.0, 10.0, 20.0):
        _, spikes, _ = simulated("HodgkinHuxley", 100 * density, 0.05, 200.0)
        rates[density] = len(spikes[spikes > 1000]) / 0.15
    assert rates[3.0] == 0
    assert 60 <= rates[10.0] <= 80
    assert rates[20.0] > rates[10.0]


def test_conductances_of_synapses_flow_to_their_potentials() -> None:
    """With the channels shut out what remains is the leak and the synapse: dv/dt at the beginning."""
    model = bt.neurons.TraubMiles("brette2007_cobahh", g_Na=0 * nS, g_K=0 * nS)
    net = bt.Network()
    start = bt.neurons.TraubMiles.at_rest(model, exc=[30, 0] * nS, inh=[0, 30] * nS)
    cells = net.add(bt.Population(2, model, **start))
    sim = bt.Simulation(net, dt=0.001 * ms, backend="reference")
    sim.run(0.001 * ms)
    slope = (sim[cells].v.to(mV).magnitude + 60) / 0.001
    np.testing.assert_allclose(slope, [30 * 60 / 200, -30 * 20 / 200], rtol=1e-3)
