"""Eligibility and dopamine against sums over pairs of spikes and rewards."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import bouton as bt
from bouton.units import ms, mV

Array = NDArray[np.float64]
TAU_C, TAU_D, TAU_W, TAU_PLUS, TAU_MINUS, A_PLUS, A_MINUS, D_0, RELEASE = 600.0, 150.0, 40.0, 17.0, 34.0, 0.1, 0.12, 0.03, 0.5
GIVEN = {
    "tau_c": TAU_C * ms, "tau_d": TAU_D * ms, "tau_w": TAU_W * ms, "tau_plus": TAU_PLUS * ms, "tau_minus": TAU_MINUS * ms,
    "A_plus": A_PLUS, "A_minus": A_MINUS, "d_0": D_0, "release": RELEASE,
}  # fmt: skip
LINKED = {key: value for key, value in GIVEN.items() if key not in {"tau_d", "release"}}
rng = np.random.default_rng(6)
PRE = np.sort(rng.choice(15000, 50, replace=False)) * 0.1
POST = np.unique(np.concatenate([rng.choice(15000, 45, replace=False) * 0.1, PRE[10:15]]).round(1))
DOPAMINE = np.concatenate([[PRE[12]], np.sort(rng.choice(15000, 6, replace=False)) * 0.1])  # one with spikes of both sides
END = 1600.0


def tags(pairing: str) -> list[tuple[float, float]]:
    """(when, how much) of everything that is added to the eligibility."""
    found = []
    for t in PRE:
        lags = t - POST[t - 0.05 > POST]
        found.append((t, -A_MINUS * float(np.exp(-(lags if pairing == "all_to_all" else lags[-1:]) / TAU_MINUS).sum())))
    for t in POST:
        lags = t - PRE[t + 0.05 > PRE]
        found.append((t, A_PLUS * float(np.exp(-(lags if pairing == "all_to_all" else lags[-1:]) / TAU_PLUS).sum())))
    return found


def gained(pairing: str, end: float) -> float:
    """∫ c (d + d₀) dt / τ_w, in closed form for each pair of a tag and a release."""
    rate, total = 1 / TAU_C + 1 / TAU_D, 0.0
    for at, size in tags(pairing):
        total += size * D_0 * TAU_C * (1 - np.exp(-(end - at) / TAU_C)) if at < end else 0.0
        for release in DOPAMINE:
            start = max(at, release)
            if start < end:
                level = size * np.exp(-(start - at) / TAU_C) * RELEASE * np.exp(-(start - release) / TAU_D)
                total += level * (1 - np.exp(-rate * (end - start))) / rate
    return float(total / TAU_W)


def run(
    rule: bt.SynapseModel,
    w: Any = 20.0,
    *,
    pre: Array = PRE,
    post: list[Array] | None = None,
    released: Array | None = DOPAMINE,
    unit: str = "1",
    end: float = END,
    record: tuple[str, ...] = (),
) -> tuple[Any, dict[str, Array]]:
    """Final weights and records. Dopamine is released by a third population, or decays in it from 0.8."""
    network = bt.Network()
    trains = [POST] * np.size(w) if post is None else post
    indices = np.repeat(np.arange(len(trains)), [len(train) for train in trains])
    before = network.add(bt.SpikeTimes(1, pre * ms, np.zeros(len(pre), dtype=int)))
    spikes = bt.SpikeTimes(len(trains), np.concatenate(trains) * ms, indices)
    cells = network.add(bt.Population(len(trains), bt.NeuronModel(f"received : {unit}", name="cell"), force_spikes=spikes))
    if released is None:
        vta = bt.NeuronModel(f"dd/dt = -d/({TAU_D}*ms) : 1", name="vta")
        third: dict[str, Any] = {"link": {"d": network.add(bt.Population(1, vta, d=0.8))}}
    else:
        times = np.sort(released) * ms
        third = {"events": {"dopamine": network.add(bt.SpikeTimes(1, times, np.zeros(len(released), dtype=int)))}}
    synapses = network.connect(before, cells, rule, target="received", w=w, **third)
    simulation = bt.Simulation(network, dt=0.1 * ms)
    grid = {name: simulation.record(synapses, name) for name in record}
    simulation.run(end * ms)
    return simulation[synapses].w, {name: np.asarray(recording.values.magnitude) for name, recording in grid.items()}


@pytest.mark.parametrize("advance", ["exact", "events"])
@pytest.mark.parametrize("pairing", ["nearest", "all_to_all"])
def test_it_is_a_sum_over_pairs_and_releases(pairing: str, advance: str) -> None:
    w, _ = run(bt.rules.IzhikevichDopamine(pairing=pairing, advance=advance, w_max=1e3, **GIVEN))
    np.testing.assert_allclose(w.magnitude - 20.0, gained(pairing, END - 0.1), rtol=1e-9)
    assert (abs(w.magnitude - 20.0) > 0.3).all()


def test_bounds_hold() -> None:
    """Between events the weight moves one way, so that it is enough to clip where it would have been."""
    start = np.array([0.0, 0.3, 1.0])
    found, _ = run(bt.rules.IzhikevichDopamine(pairing="all_to_all", w_max=1.0, **GIVEN), start)
    marks = np.unique(np.concatenate([PRE, POST, DOPAMINE, [END - 0.1]]))
    w, clipped = start, 0
    for change in np.diff([gained("all_to_all", at) for at in marks], prepend=0.0):
        clipped += int(((w + change < 0) | (w + change > 1)).sum())
        w = np.clip(w + change, 0.0, 1.0)
    assert clipped > 5
    np.testing.assert_allclose(found.magnitude, w, rtol=1e-9, atol=1e-12)


def test_by_events_bounds_hold_where_the_weight_is_transmitted() -> None:
    start = np.array([0.0, 0.3, 1.0])
    found, _ = run(bt.rules.IzhikevichDopamine(pairing="all_to_all", advance="events", w_max=1.0, **GIVEN), start)
    w, clipped, before = start, 0, 0.0
    for at in PRE:
        change, before = gained("all_to_all", at) - before, gained("all_to_all", at)
        clipped += int(((w + change < 0) | (w + change > 1)).sum())
        w = np.clip(w + change, 0.0, 1.0)
    assert clipped > 5
    np.testing.assert_allclose(found.magnitude, w + gained("all_to_all", END - 0.1) - before, rtol=1e-9, atol=1e-12)


def test_linked_dopamine_by_events() -> None:
    """The integral of the eligibility over each step times the dopamine of its end; the weight is at hand at spikes only."""
    rule = bt.rules.IzhikevichDopamine(dopamine="linked", pairing="all_to_all", advance="events", w_max=1e3, **LINKED)
    found, _ = run(rule, released=None)
    ends = np.arange(round(END * 10)) * 0.1
    integral = np.zeros(len(ends))
    for at, size in tags("all_to_all"):
        later = ends > at + 0.05
        integral[later] += size * np.exp(-(ends[later] - at) / TAU_C) * np.expm1(0.1 / TAU_C) * TAU_C
    level = D_0 + 0.8 * np.exp(-(ends + 0.1) / TAU_D)
    np.testing.assert_allclose(found.magnitude - 20.0, float((integral * level).sum()) / TAU_W, rtol=1e-9)


@pytest.mark.parametrize("pairing", ["nearest", "all_to_all"])
def test_linked_dopamine_is_advanced_as_documented(pairing: str) -> None:
    """The eligibility of the middle of each step times the dopamine of its start."""
    found, _ = run(bt.rules.IzhikevichDopamine(dopamine="linked", pairing=pairing, w_max=1e3, **LINKED), released=None)
    steps = np.arange(round(END * 10))
    middle = np.zeros(len(steps))
    for at, size in tags(pairing):
        later = steps * 0.1 > at + 0.05
        middle[later] += size * np.exp(-((steps[later] - 0.5) * 0.1 - at) / TAU_C)
    level = D_0 + 0.8 * np.exp(-steps * 0.1 / TAU_D)
    np.testing.assert_allclose(found.magnitude - 20.0, float((middle * level).sum()) * 0.1 / TAU_W, rtol=1e-9)


def test_a_weight_may_have_a_unit() -> None:
    units = {"A_plus": A_PLUS * mV, "A_minus": A_MINUS * mV, "w_max": 1e3 * mV}
    found, _ = run(bt.rules.IzhikevichDopamine(unit="mV", pairing="all_to_all", **(GIVEN | units)), 20 * mV, unit="mV")
    np.testing.assert_allclose(found.to("mV").magnitude - 20.0, gained("all_to_all", END - 0.1), rtol=1e-9)


def test_figure_1_reward_after_a_pair() -> None:
    """Pre, post 10 ms later, reward 1 s after that: the eligibility has fallen to 1/e, and the weight grows by the integral."""
    rule = bt.rules.IzhikevichDopamine("izhikevich2007_figure1", d_0=0)
    pairs = [np.array([110.0]), np.array([90.0])]
    found, grid = run(rule, 1.0, pre=np.array([100.0]), post=pairs, released=np.array([1110.0]), end=6000.0, record=("c", "d"))
    for column, (at, size) in enumerate([(110.0, 0.1 * np.exp(-0.5)), (100.0, -0.15 * np.exp(-0.5))]):
        left, rate = size * np.exp(-(1110.0 - at) / 1000), 1 / 1000 + 1 / 200
        assert grid["c"][11100, column] == pytest.approx(left, rel=1e-9)
        assert grid["d"][11100, column] == pytest.approx(0.5, rel=1e-12)
        meant = 1 + 0.5 * left / rate * (1 - np.exp(-rate * (5999.9 - 1110))) / 10
        assert found.magnitude[column] == pytest.approx(max(meant, 0.0), rel=1e-9)
    assert bt.rules.IzhikevichDopamine("izhikevich2007_figure1").parameters["d_0"] == 0.002
