"""The adaptive exponential neuron against an adaptive solver of its equations, stopped and reset at its spikes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

import bouton as bt
from bouton.units import ms, mV, nA, nS, pA

Array = NDArray[np.float64]
C, G, E, V_T, SLOPE, PEAK = 281.0, 30.0, -70.6, -50.4, 2.0, 20.0


def simulated(model: bt.NeuronModel, count: int = 1, dt: float = 0.1, **values: Any) -> tuple[bt.Simulation, bt.Population]:
    net = bt.Network()
    cells = net.add(bt.Population(count, model, **bt.neurons.AdEx.at_rest(model, **values)))
    return bt.Simulation(net, dt=dt * ms, backend="reference"), cells


def solved(current: float, end: float, a: float, b: float, tau: float, reset: float) -> tuple[Array, Any]:
    """Times of spikes, and the solution until the first."""

    def slope(t: float, y: Array) -> list[float]:
        del t
        v, w = y
        return [(G * (E - v) + G * SLOPE * np.exp((min(v, PEAK) - V_T) / SLOPE) - w + current) / C, (a * (v - E) - w) / tau]

    def peak(t: float, y: Array) -> float:
        del t
        return float(y[0] - PEAK)

    peak.terminal = True  # type: ignore[attr-defined]  (as solve_ivp wants it)
    t, y, times, first = 0.0, [E, 0.0], list[float](), None
    while t < end:
        part = solve_ivp(slope, (t, end), y, events=peak, dense_output=True, rtol=1e-9, atol=1e-9)
        first = first or part
        t, y = part.t[-1], [reset, part.y[1, -1] + b]
        times += [t] if t < end else []
    return np.array(times), first


@pytest.mark.parametrize(
    "chosen, parameters",
    [
        ("brette_gerstner2005", (4.0, 80.5, 144.0, -70.6)),
        ("brian2_bursting", (4.0, 500.0, 20.0, -45.4)),
        ("brian2_fast_spiking", (2 * 281 / 144, 0.0, 144.0, -70.6)),
    ],
)
def test_spikes_are_those_of_the_equations(chosen: str, parameters: tuple[float, ...]) -> None:
    """Each spike comes up to two steps late, as the scheme lags in the last one, and that adds up."""
    sim, cells = simulated(bt.neurons.AdEx(chosen), dt=0.1, I_ext=1 * nA)
    spikes, v = sim.record_spikes(cells), sim.record(cells, "v")
    sim.run(90 * ms)
    times, first = solved(1000.0, 90.0, *parameters)
    assert len(spikes.steps) == len(times) > 4
    late = (np.asarray(spikes.steps) + 1) * 0.1 - times
    assert (late >= -1e-9).all()
    assert (late <= 2 * 0.1 * np.arange(1, len(times) + 1)).all()
    before = np.arange(1, int(times[0] / 0.1) - 5)
    found = v.values.to(mV).magnitude[before - 1, 0]
    np.testing.assert_allclose(found, first.sol(before * 0.1)[0], atol=1e-5)


def test_the_rheobase_of_the_exponential_alone() -> None:
    """Without adaptation by the voltage it is g_L (V_T − E_L − Δ_T)."""
    base = G * (V_T - E - SLOPE)
    sim, cells = simulated(bt.neurons.AdEx(a=0 * nS), 2, dt=0.5, I_ext=np.array([0.99, 1.01]) * base * pA)
    spikes = sim.record_spikes(cells)
    sim.run(500 * ms)
    assert list(spikes.counts() > 0) == [False, True]


def test_a_regular_cell_adapts_and_a_bursting_one_bursts() -> None:
    found = {}
    for chosen in bt.neurons.AdEx.sets:
        sim, cells = simulated(bt.neurons.AdEx(chosen), dt=0.2, I_ext=0.8 * nA)
        spikes = sim.record_spikes(cells)
        sim.run(150 * ms)
        found[chosen] = np.diff(spikes.steps) * 0.2
    regular, bursting, fast = found.values()
    assert (np.diff(regular[:4]) > 1).all()
    assert 10 * bursting.min() < bursting.max()
    assert len(fast) >= 2 * len(regular)
    assert np.ptp(fast) < 0.1 * fast.mean()


def test_a_spike_of_any_height_leaves_adaptation_alone() -> None:
    """The step of a spike may end anywhere above V_peak; w grows by b, and by what it would do at V_peak at most."""
    sim, cells = simulated(bt.neurons.AdEx(), dt=0.5, I_ext=2 * nA)
    spikes, w = sim.record_spikes(cells), sim.record(cells, "w")
    sim.run(20 * ms)
    values = np.concatenate([[0.0], w.values.to(pA).magnitude[:, 0]])
    jumps = values[np.asarray(spikes.steps) + 1] - values[np.asarray(spikes.steps)]
    assert len(jumps) > 2
    assert (np.abs(jumps - 80.5) < 0.5 * 4 * (PEAK - E) / 144).all()
