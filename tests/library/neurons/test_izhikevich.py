"""Izhikevich's neuron against the paper's map, and against an adaptive solver."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

import bouton as bt
from bouton.units import ms, mV

Array = NDArray[np.float64]
CLASSES = {
    "RS": (0.02, 0.2, -65, 8), "IB": (0.02, 0.2, -55, 4), "CH": (0.02, 0.2, -50, 2), "FS": (0.1, 0.2, -65, 2),
    "LTS": (0.02, 0.25, -65, 2), "TC": (0.02, 0.25, -65, 0.05), "RZ": (0.1, 0.26, -65, 2),
}  # fmt: skip


def fired(chosen: str, current: float, end: float, dt: float = 0.1, **given: Any) -> tuple[Array, Array]:
    """Steps of spikes, and the trace of v, from the paper's beginning."""
    model = bt.neurons.Izhikevich(f"izhikevich2003_{chosen}", **given)
    net = bt.Network()
    start = {"v": -65 * mV, "u": -65 * CLASSES[chosen][1] * mV / ms}
    cells = net.add(bt.Population(1, model, I_ext=current * mV / ms, **start))
    sim = bt.Simulation(net, dt=dt * ms, backend="reference")
    spikes, v = sim.record_spikes(cells), sim.record(cells, "v")
    sim.run(end * ms)
    return np.asarray(spikes.steps), v.values.to(mV).magnitude[:, 0]


@pytest.mark.parametrize("chosen", CLASSES)
def test_with_eulers_method_it_is_a_map(chosen: str) -> None:
    a, b, c, d = CLASSES[chosen]
    steps, trace = fired(chosen, 10.0, 100.0, 0.5, scheme="euler")
    v, u, spikes, meant = -65.0, -65.0 * b, list[int](), list[float]()
    for step in range(200):
        v, u = v + 0.5 * (0.04 * v * v + 5 * v + 140 - u + 10), u + 0.5 * a * (b * v - u)
        if v >= 30:
            spikes.append(step)
            v, u = c, u + d
        meant.append(v)
    assert list(steps) == spikes
    assert len(spikes) > 2
    np.testing.assert_allclose(trace, meant, rtol=1e-7)


@pytest.mark.parametrize("chosen", CLASSES)
def test_until_the_first_spike_it_is_the_differential_equation(chosen: str) -> None:
    a, b, _, _ = CLASSES[chosen]

    def slope(t: float, y: Array) -> list[float]:
        del t
        return [0.04 * y[0] ** 2 + 5 * y[0] + 140 - y[1] + 10, a * (b * y[0] - y[1])]

    steps, trace = fired(chosen, 10.0, 12.0, 0.05)
    until = int(steps[0]) - 4
    meant = solve_ivp(slope, (0, 12), [-65.0, -65.0 * b], t_eval=np.arange(1, until + 1) * 0.05, rtol=1e-11, atol=1e-11)
    np.testing.assert_allclose(trace[:until], meant.y[0], atol=2e-4)
    assert until > 40


def test_the_classes_fire_as_in_the_papers_figure() -> None:
    """Regular cells adapt, chattering ones fire in bursts, fast ones fast; intrinsically bursting ones burst at first."""
    intervals = {chosen: np.diff(fired(chosen, 10.0, 150.0, 0.25)[0]) * 0.25 for chosen in ("RS", "IB", "CH", "FS")}
    assert intervals["RS"][0] < intervals["RS"][1] <= intervals["RS"][2] + 0.5
    assert len(intervals["FS"]) > 3 * len(intervals["RS"])
    assert intervals["CH"].max() > 5 * intervals["CH"].min()
    assert intervals["IB"][0] < 0.3 * intervals["IB"][-1]


def test_at_rest_it_stays() -> None:
    for chosen in CLASSES:
        model = bt.neurons.Izhikevich(f"izhikevich2003_{chosen}")
        net = bt.Network()
        cells = net.add(bt.Population(1, model, **bt.neurons.Izhikevich.at_rest(model)))
        start = bt.neurons.Izhikevich.at_rest(model)["v"].to(mV).magnitude
        sim = bt.Simulation(net, dt=0.5 * ms, backend="reference")
        sim.run(50 * ms)
        np.testing.assert_allclose(sim[cells].v.to(mV).magnitude, start, rtol=1e-9)
    model = bt.neurons.Izhikevich()
    start = bt.neurons.Izhikevich.at_rest(model, b=np.array([0.2, 0.25, 0.3]) / ms)
    np.testing.assert_allclose(start["v"].to(mV).magnitude, [-70.0, -64.4, -65.0], atol=0.03)  # the last one has no rest
