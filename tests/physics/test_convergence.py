"""Each scheme converges with the order that its table claims."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

import bouton as bt
from bouton.analysis.schemes import EULER_MARUYAMA, TABLEAUS, Tableau
from bouton.units import ms, second

STEPS = np.array([0.2, 0.1, 0.05, 0.025])


def error_of(equations: str, method: object, start: dict[str, float], expected: dict[str, float], dt: float) -> float:
    model = bt.NeuronModel(equations, method=method)
    net = bt.Network()
    cell = net.add(bt.Population(1, model, **start))
    sim = bt.Simulation(net, dt=dt * ms, backend="reference")
    sim.run(8 * ms)
    return max(abs(float(getattr(sim[cell], n).magnitude[0]) - v) for n, v in expected.items())


def slope(errors: list[float]) -> float:
    return float(np.polyfit(np.log(STEPS), np.log(errors), 1)[0])


PREDATORS = "dx/dt = (x - x*y)/(2*ms) : 1\ndy/dt = (x*y - y)/(3*ms) : 1"


@pytest.fixture(scope="module")
def predators() -> dict[str, float]:
    """Lotka–Volterra, solved to rounding by SciPy."""
    solved = solve_ivp(
        lambda t, s: [(s[0] - s[0] * s[1]) / 2, (s[0] * s[1] - s[1]) / 3],
        (0, 8),
        [1.3, 0.6],
        method="DOP853",
        rtol=1e-13,
        atol=1e-13,
    )
    return {"x": solved.y[0, -1], "y": solved.y[1, -1]}


@pytest.mark.parametrize("tableau", [t for t in TABLEAUS.values() if t is not EULER_MARUYAMA], ids=lambda t: t.name)
def test_explicit_schemes(tableau: Tableau, predators: dict[str, float]) -> None:
    errors = [error_of(PREDATORS, tableau.name, {"x": 1.3, "y": 0.6}, predators, dt) for dt in STEPS]
    assert slope(errors) == pytest.approx(tableau.order, abs=0.25)


@pytest.mark.parametrize("name", ["rk2", "heun", "rk4"])
def test_order_holds_when_the_linear_part_is_exact_and_time_enters(name: str) -> None:
    """dv/dt = −v³ + g(t) + cos t with g decaying exactly: stages must see g and t in the middle of the step."""
    equations = "dv/dt = (-v**3 + g + cos(t/ms))/ms : 1\ndg/dt = -g/(2*ms) : 1"
    solved = solve_ivp(
        lambda t, v: -(v**3) + 2 * np.exp(-t / 2) + np.cos(t), (0, 8), [0.2], method="DOP853", rtol=1e-13, atol=1e-13
    )
    errors = [error_of(equations, {"v": name}, {"v": 0.2, "g": 2.0}, {"v": solved.y[0, -1]}, dt) for dt in STEPS]
    assert slope(errors) == pytest.approx(TABLEAUS[name].order, abs=0.3)


def test_exponential_euler_is_of_second_order_when_its_coefficients_are_exact() -> None:
    """A conductance that decays exactly: coefficients from the middle of the step."""
    equations = "dv/dt = (-v + g*(3 - v))/(4*ms) : 1\ndg/dt = -g/(2*ms) : 1"
    solved = solve_ivp(
        lambda t, v: (-v + 2 * np.exp(-t / 2) * (3 - v)) / 4, (0, 8), [0.2], method="DOP853", rtol=1e-13, atol=1e-13
    )
    errors = [error_of(equations, None, {"v": 0.2, "g": 2.0}, {"v": solved.y[0, -1]}, dt) for dt in STEPS]
    assert slope(errors) == pytest.approx(2.0, abs=0.2)


def test_exponential_euler_is_of_first_order_when_variables_feed_each_other(predators: dict[str, float]) -> None:
    errors = [error_of(PREDATORS, None, {"x": 1.3, "y": 0.6}, predators, dt) for dt in STEPS]
    assert slope(errors) == pytest.approx(1.0, abs=0.25)


@pytest.mark.parametrize("name, drift", [("euler_maruyama", -0.125), ("heun", 0.0)])
def test_multiplicative_noise_converges_to_ito_or_stratonovich(name: str, drift: float) -> None:
    """dx = σ x dW: E[log x(T)] is −σ²T/2 for Itô's integral (Euler–Maruyama), 0 for Stratonovich's (Heun)."""
    model = bt.NeuronModel("dx/dt = 0.5*x*xi/second**0.5 : 1", method=name)
    net = bt.Network()
    cell = net.add(bt.Population(4000, model, x=1.0))
    sim = bt.Simulation(net, dt=10 * ms, seed=2)
    sim.run(1 * second)
    log_x = np.log(sim[cell].x.magnitude)
    assert log_x.mean() == pytest.approx(drift, abs=4 * 0.5 / np.sqrt(4000) + 0.005)
    assert log_x.std() == pytest.approx(0.5, rel=0.05)
