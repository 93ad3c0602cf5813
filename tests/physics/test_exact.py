"""Exact integration against closed forms that share no code with it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

import bouton as bt
from bouton.units import ms, mV, nA


def run(
    model: bt.NeuronModel, dt: float, duration: float, n: int = 1, seed: int = 1, backend: str = "reference", **values: object
):
    net = bt.Network()
    cell = net.add(bt.Population(n, model, **values))
    sim = bt.Simulation(net, dt=dt * ms, seed=seed, backend=backend)
    sim.run(duration * ms)
    return sim[cell]


@given(tau_m=st.floats(0.5, 50), tau_s=st.floats(0.5, 50), dt=st.sampled_from([0.1, 1.0, 5.0]))
def test_coupled_equations_match_the_matrix_exponential_at_any_step(tau_m: float, tau_s: float, dt: float) -> None:
    model = bt.NeuronModel(
        "dv/dt = (E - v)/tau_m + R*i/tau_m : mV\ndi/dt = -i/tau_s : nA",
        parameters={"tau_m": tau_m * ms, "tau_s": tau_s * ms, "E": -70 * mV, "R": 10 * mV / nA},
    )
    cell = run(model, dt, 20.0, v=-60 * mV, i=2 * nA)
    a = np.array([[-1 / tau_m, 10 / tau_m, -70 / tau_m], [0, -1 / tau_s, 0], [0, 0, 0]])
    v, i, _ = expm(20.0 * a) @ np.array([-60.0, 2.0, 1.0])
    assert cell.v.magnitude[0] == pytest.approx(v, rel=1e-11)
    assert cell.i.magnitude[0] == pytest.approx(i, rel=1e-10, abs=1e-14)


def test_equal_time_constants() -> None:
    """τ_m = τ_s: the alpha function, where the usual two-exponential formula divides by zero."""
    model = bt.NeuronModel("dv/dt = (i - v)/tau : 1\ndi/dt = -i/tau : 1", parameters={"tau": 5 * ms})
    cell = run(model, 0.1, 10.0, i=1.0)
    assert cell.v.magnitude[0] == pytest.approx(2.0 * math.exp(-2.0), rel=1e-12)


def test_a_frozen_variable_stands_still_and_drives_the_others_exactly() -> None:
    """While v is refractory, i = dv-driven current relaxes towards the constant v, by the exact solution."""
    model = bt.NeuronModel(
        "dv/dt = -v/(10*ms) : 1 (unless refractory)\ndi/dt = (v - i)/(4*ms) : 1",
        threshold="v > 0.5 and t < 0.05*ms",
        reset="v = 3",
        refractory=6 * ms,
    )
    cell = run(model, 0.1, 5.0, v=1.0)
    assert cell.v.magnitude[0] == 3.0
    i_1 = run(bt.NeuronModel("dv/dt = -v/(10*ms) : 1\ndi/dt = (v - i)/(4*ms) : 1"), 0.1, 0.1, v=1.0).i.magnitude[0]
    assert cell.i.magnitude[0] == pytest.approx(3.0 + (i_1 - 3.0) * math.exp(-4.9 / 4), rel=1e-12)


@pytest.mark.parametrize("dt", [0.5, 20.0])
def test_ornstein_uhlenbeck_is_exact_at_any_step(dt: float) -> None:
    """Mean, variance and covariance of a driven pair at a time of a few time constants (Gillespie 1996)."""
    model = bt.NeuronModel(
        "dx/dt = -x/tau + sigma*(2/tau)**0.5*xi : 1\ndy/dt = (x - y)/rho : 1",
        parameters={"tau": 10 * ms, "rho": 25 * ms, "sigma": 2.0},
    )
    n = 20000
    cell = run(model, dt, 400.0, n=n, backend="cpu", seed=int(10 * dt))
    x, y = cell.x.magnitude, cell.y.magnitude
    var_y = 4.0 * 10 / (10 + 25)
    cov = 4.0 * 10 / (10 + 25)
    tolerance = 5 * math.sqrt(2 / n)
    assert x.mean() == pytest.approx(0.0, abs=5 * 2 / math.sqrt(n))
    assert x.var() == pytest.approx(4.0, rel=tolerance)
    assert y.var() == pytest.approx(var_y, rel=tolerance)
    assert np.mean(x * y) == pytest.approx(cov, rel=2 * tolerance)


def test_white_noise_without_leak_is_brownian() -> None:
    model = bt.NeuronModel("dx/dt = xi : second**0.5")
    cell = run(model, 10.0, 1000.0, n=20000, backend="cpu")
    assert cell.x.magnitude.var() == pytest.approx(1.0, rel=0.05)


def test_one_noise_in_two_equations_is_the_same_noise() -> None:
    model = bt.NeuronModel("dx/dt = xi : second**0.5\ndy/dt = -xi : second**0.5\ndz/dt = xi_other : second**0.5")
    cell = run(model, 10.0, 100.0, n=500, backend="cpu")
    x, y, z = (getattr(cell, name).magnitude for name in "xyz")
    np.testing.assert_allclose(x, -y, atol=1e-9)
    assert abs(np.corrcoef(x, z)[0, 1]) < 0.2


TRACE = """
dx/dt = -x/tau : 1
dy/dt = (c - y)/rho : 1
dz/dt = 1/second : 1
"""
PARAMETERS = {"tau": 7 * ms, "rho": 13 * ms, "c": 0.3}


@pytest.mark.parametrize("when", ["start", "after:on_pre", "after:on_post", "end"])
@settings(max_examples=20)
@given(trains=st.lists(st.integers(0, 60), min_size=1, max_size=12))
def test_event_driven_equals_clock_driven_in_every_slot(when: str, trains: list[int]) -> None:
    """The same equations on a synapse (evaluated when read) and on a neuron (advanced every step)."""
    steps = np.sort(trains) * ms
    neuron = bt.NeuronModel(TRACE, parameters=PARAMETERS)
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, steps))
    clocked = net.add(bt.Population(1, neuron, y=0.1))
    synapse = bt.SynapseModel(TRACE, on_pre="x += 1; y -= 0.2*x; z *= 0.5", parameters=PARAMETERS)
    driven = net.connect(source, clocked, synapse, y=0.1)
    kick = bt.SynapseModel("", on_pre="x_post += 1; y_post -= 0.2*(x_post + 1); z_post *= 0.5")
    net.connect(source, clocked, kick)
    sim = bt.Simulation(net, dt=1 * ms, backend="reference")
    assert "when read" in sim.explain()
    recorded = {n: (sim.record(driven, n, when=when), sim.record(clocked, n, when=when)) for n in "xyz"}
    sim.run(70 * ms)
    if len(set(trains)) == len(trains):  # several spikes in one step act one after another on a synapse only
        for name, (synaptic, neuronal) in recorded.items():
            np.testing.assert_allclose(np.asarray(synaptic), np.asarray(neuronal), rtol=1e-12, atol=1e-14, err_msg=name)
    final = sim[driven].x.magnitude[0]
    assert final == pytest.approx(sum(math.exp(-(70 - k - 1) / 7) for k in trains), rel=1e-12)


def test_a_forcing_for_each_neuron_beside_one_for_all() -> None:
    """dv/dt = (I - v + b)/τ with b = η t has a closed form, whatever of both differs between neurons."""
    model = bt.NeuronModel(
        "dv/dt = (I - v + b)/(10*ms) : mV\ndb/dt = eta : mV", parameters={"I": 0 * mV, "eta": 1 * mV / ms}, name="drifting"
    )
    net = bt.Network()
    cells = net.add(bt.Population(3, model, I=[1.0, 2.0, 3.0] * mV))
    sim = bt.Simulation(net, dt=0.1 * ms, backend="reference")
    sim.run(20 * ms)
    meant = (np.array([1.0, 2.0, 3.0]) - 10.0) * (1 - np.exp(-2.0)) + 20.0
    np.testing.assert_allclose(sim[cells].v.magnitude, meant, rtol=1e-12)
