"""The chain against the exponential of its matrix, and its memory against a power law."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.linalg import expm

import bouton as bt
from bouton.units import ms, mV, second

Array = NDArray[np.float64]
TAU, N, W_0, TAU_PLUS, TAU_MINUS, A_PLUS, A_MINUS = 30.0, 1.7, 0.3, 17.0, 34.0, 0.02, 0.015  # ms
GIVEN = {
    "tau": TAU * ms, "n": N, "w_0": W_0, "tau_plus": TAU_PLUS * ms, "tau_minus": TAU_MINUS * ms, "A_plus": A_PLUS,
    "A_minus": A_MINUS,
}  # fmt: skip
STEPS, STEP = 1000, 0.1
rng = np.random.default_rng(31)
PRE = np.sort(rng.choice(900, 30, replace=False))
POST = np.unique(np.concatenate([rng.choice(900, 25, replace=False), PRE[4:9]]))
START = np.array([0.3, 0.8, -0.5])
INTERPRETED = {"backend": "reference"}


def matrix(m: int, tau: float = TAU, n: float = N) -> Array:
    """du/dt = matrix·u, from sizes and conductances as they are defined."""
    sizes = n ** np.arange(m)
    conductances = n ** -np.arange(m) / tau  # the last one is the leak
    found = np.zeros((m, m))
    for k in range(m):
        found[k, k] -= conductances[k]
        if k + 1 < m:
            found[k, k + 1] += conductances[k]
            found[k + 1, k] += conductances[k]
            found[k + 1, k + 1] -= conductances[k]
    return found / sizes[:, None]


def written() -> list[tuple[int, float]]:
    """(step, size) of each spike by a sum over the spikes of the other side."""
    pre = [(int(k), -A_MINUS * float(np.exp(-(k - POST[k > POST]) * STEP / TAU_MINUS).sum())) for k in PRE]
    post = [(int(k), A_PLUS * float(np.exp(-(k - PRE[k >= PRE]) * STEP / TAU_PLUS).sum())) for k in POST]
    return pre + post


def superposed(m: int, events: list[tuple[int, float]], start: Array = START, steps: int = STEPS) -> Array:
    """Each thing that was written fades on its own: shape (variables, synapses) at the end."""
    first = np.eye(m)[0]
    chain = matrix(m)
    found = np.outer(expm(chain * steps * STEP) @ first, start - W_0)
    for step, size in events:
        found += (expm(chain * (steps - 1 - step) * STEP) @ first * size)[:, None]
    found[0] += W_0
    return found


@pytest.mark.parametrize("variables", ["3", "6", *(pytest.param(m, marks=pytest.mark.slow) for m in ("4", "5", "7", "8"))])
def test_it_is_the_exponential_of_the_chain(variables: str) -> None:
    rule = bt.rules.BennaFusi(variables=variables, **GIVEN)
    result = bt.protocols.play(
        rule, PRE * STEP * ms, [POST * STEP * ms] * 3, w=START, duration=STEPS * STEP * ms, options=INTERPRETED
    )
    meant = superposed(int(variables), written())
    for k in range(int(variables)):
        found = result.final("w" if k == 0 else f"u_{k + 1}").magnitude
        np.testing.assert_allclose(found, meant[k], rtol=1e-9, atol=1e-13)
    assert (np.abs(meant[0] - superposed(int(variables), [])[0]) > 1e-3).all()
    lines = [line.split() for line in result.simulation.explain().splitlines()]
    assert {line[0] for line in lines if line[3:4] == ["exact"]} >= {"w", "u_2", f"u_{variables}"}


def network(
    rule: bt.SynapseModel, events: dict[str, Any], step: float = STEP, **given: Any
) -> tuple[bt.Simulation, bt.Projection]:
    net = bt.Network()
    before = net.add(bt.SpikeTimes(1, PRE * step * ms, np.zeros(len(PRE), dtype=int)))
    cells = net.add(bt.Population(3, bt.NeuronModel("received : 1", name="cell")))
    third = {name: net.add(source) for name, source in events.items()}
    synapses = net.connect(before, cells, rule, target="received", events=third, **given)
    return bt.Simulation(net, dt=step * ms, backend="reference"), synapses


def test_events_write_to_all_synapses_or_to_those_of_a_target() -> None:
    up, down = np.array([300, 1000, 1001]), np.array([[500, 0], [1000, 0], [700, 2], [1200, 2]])
    sources = {
        "potentiation": bt.SpikeTimes(1, up * STEP * ms, np.zeros(3, dtype=int)),
        "depression": bt.SpikeTimes(3, down[:, 0] * STEP * ms, down[:, 1]),
    }
    rule = bt.rules.BennaFusi(variables="4", induction="events", tau=TAU * ms, n=N, w_0=W_0, q=0.05)
    simulation, synapses = network(rule, sources, w=START)
    simulation.run(150 * ms)
    for target in range(3):
        events = [(int(k), 0.05) for k in up] + [(int(k), -0.05) for k, to in down if to == target]
        meant = superposed(4, events, START[target : target + 1], 1500)
        assert simulation[synapses].w.magnitude[target] == pytest.approx(meant[0, 0], rel=1e-10)
        assert simulation[synapses].u_4.magnitude[target] == pytest.approx(meant[3, 0], rel=1e-10)


def test_memory_fades_like_the_root_of_time() -> None:
    """From τ to τ n^(2m-2) the slope in logarithms is -1/2 (with waves of the period n², of a few percent), and then steeper."""
    rule = bt.rules.BennaFusi(variables="8", induction="events", tau=1 * ms, n=2.0, q=1.0)
    once = bt.SpikeTimes(1, [0.0] * ms, [0])
    simulation, synapses = network(rule, {"potentiation": once, "depression": bt.SpikeTimes(1, [] * ms, [])}, 0.5)
    recording = simulation.record(synapses, "w", every=1 * ms)
    simulation.run(500 * ms)
    t = np.asarray(recording.times.to(ms).magnitude) - 0.5
    w = np.asarray(recording.values.magnitude)[:, 0]
    np.testing.assert_allclose(w[::50], [expm(matrix(8, 1.0, 2.0) * now)[0, 0] for now in t[::50]], rtol=1e-9)
    chosen = (t > 4) & (t < 500)
    slope, _ = np.polyfit(np.log(t[chosen]), np.log(w[chosen]), 1)
    assert slope == pytest.approx(-0.5, abs=0.02)
    assert (np.abs(np.log(w[chosen] * np.sqrt(t[chosen])) - np.log(w[chosen] * np.sqrt(t[chosen])).mean()) < 0.1).all()
    chain = matrix(8, 1.0, 2.0)
    late = np.array([expm(chain * now)[0, 0] for now in (4.0**8, 4.0**9)])  # beyond the last time constant, from the equations
    assert np.log(late[1] / late[0]) / np.log(4.0) < -1.0


def test_nothing_is_lost_but_through_the_leak() -> None:
    """Σ C_k u_k falls by ∫ g_m u_m: here at most by what a leak of the fully written last variable would take."""
    rule = bt.rules.BennaFusi(variables="3", induction="events", tau=20 * ms, n=3.0, q=1.0)
    once = bt.SpikeTimes(1, [0.0] * ms, [0])
    simulation, synapses = network(rule, {"potentiation": once, "depression": bt.SpikeTimes(1, [] * ms, [])})
    recording = simulation.record(synapses, "u_3")
    simulation.run(200 * ms)
    values = [float(getattr(simulation[synapses], name).magnitude[0]) for name in ("w", "u_2", "u_3")]
    u_3 = np.concatenate([[0.0], np.asarray(recording.values.magnitude)[:, 0]])
    leaked = np.trapezoid(u_3[1:], dx=STEP) / (9 * 20)
    assert values[0] + 3 * values[1] + 9 * values[2] == pytest.approx(1 - leaked, abs=1e-7)  # the trapezoid's (dt/τ)²
    assert leaked > 0.01


def test_composed_with_pairs_it_is_the_rule_with_pairs_a_step_later() -> None:
    """The chain does not know who writes the weight; the bounds of the other rule are far."""
    composed = bt.rules.PairSTDP(
        tau_plus=TAU_PLUS * ms, tau_minus=TAU_MINUS * ms, A_plus=A_PLUS / 9, A_minus=A_MINUS / 9, w_max=9.0
    ) & bt.rules.BennaFusi(induction="none", tau=TAU * ms, n=N, w_0=W_0 + 4)
    post = [POST * STEP * ms] * 3
    found = bt.protocols.play(composed, PRE * STEP * ms, post, w=START + 4, duration=STEPS * STEP * ms, options=INTERPRETED)
    np.testing.assert_allclose(found.final().magnitude - 4, superposed(4, written(), steps=STEPS - 1)[0], rtol=1e-9)


def test_composed_it_stays_in_the_bounds_of_the_other_rule() -> None:
    """What a bound does not let in does not enter the chain: the weight starts to sink from the bound."""
    rule = bt.rules.PairSTDP(A_plus=5.0, w_max=1.0) & bt.rules.BennaFusi(induction="none", variables="3", tau=TAU * ms, n=N)
    result = bt.protocols.play(rule, [20.0] * ms, [[22.0] * ms], w=0.0, duration=62 * ms, record=("w",), options=INTERPRETED)
    w = np.asarray(result.grid["w"].values.magnitude)[:, 0]
    assert w[220] == 1.0
    np.testing.assert_allclose(w[221:], [expm(matrix(3) * k * STEP)[0, 0] for k in range(len(w) - 221)], rtol=1e-9)


def test_a_weight_may_have_a_unit() -> None:
    rule = bt.rules.BennaFusi(unit="mV", **GIVEN | {"w_0": W_0 * mV})
    cell = bt.NeuronModel("received : mV", name="cell")
    post = [POST * STEP * ms] * 3
    found = bt.protocols.play(
        rule, PRE * STEP * ms, post, w=START * mV, neuron=cell, duration=STEPS * STEP * ms, options=INTERPRETED
    )
    np.testing.assert_allclose(found.final().to(mV).magnitude, superposed(4, written())[0], rtol=1e-9)


def test_who_wants_to_stay_fills_the_chain() -> None:
    """With all variables equal only the leak moves the weight, after the time that it takes to be felt."""
    empty = bt.rules.BennaFusi(variables="3", induction="none", tau=1 * second)
    levels: dict[str, Any] = {"u_2": [0.0, 0.5], "u_3": [0.0, 0.5]}
    silent = [np.array([]) * ms] * 2
    result = bt.protocols.play(
        empty, silent[0], silent, w=0.5, duration=1 * second, dt=10 * ms, target=None, options=INTERPRETED, **levels
    )
    fell, stayed = result.final().magnitude
    assert fell < 0.35
    assert stayed > 0.49
