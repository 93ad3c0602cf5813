"""Urbanczik and Senn's rule against sums over pairs of a presynaptic spike and a step of the neuron."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import bouton as bt
from bouton.units import Hz, kHz, ms, mV, nS, pA

Floats = NDArray[np.float64]
STEP, STEPS = 0.1, 2500
P = {"eta": 0.9, "tau_Delta": 23.0, "tau_L": 9.0, "tau_s": 2.5}
PHI_MAX, K, BETA, THETA = 0.15, 0.5, 1 / 3, -55.0  # kHz, 1, 1/mV, mV
rng = np.random.default_rng(4)
CELLS = 3
VOLTAGE = rng.uniform(-66, -46, (STEPS // 5, CELLS))  # bins of 0.5 ms
PRE = [np.sort(rng.choice(STEPS - 20, 12, replace=False)) for _ in range(CELLS)]
POST = [np.unique(np.concatenate([rng.choice(STEPS - 20, 14, replace=False), pre[2:6], pre[6:8] - 1])) for pre in PRE]
START = np.array([0.3, 0.9, 1.0])
LOW, HIGH = 0.33, 1.15


def soma(unit: str) -> bt.NeuronModel:
    """A dendritic potential that is given, what it predicts, and the error of each step."""
    return bt.NeuronModel(
        f"""
        received : {unit}
        V_star = voltage(t) : mV
        phi = phi_max/(1 + k*exp(beta*(theta - V_star))) : kHz
        h = beta*mV/(1 + exp(-beta*(theta - V_star))/k) : 1
        e : 1
        """,
        every=(bt.dt, "e = -phi*dt*h"),
        reset="e += h",
        parameters={
            **{"voltage": bt.TimedArray(VOLTAGE * mV, dt=0.5 * ms), "phi_max": PHI_MAX * kHz},
            **{"k": K, "beta": BETA / mV, "theta": THETA * mV},
        },
        name="soma",
    )


def errors(cell: int) -> Floats:
    """[S − φ dt] d ln φ/dV* in each step; the slope by a difference quotient of ln φ."""

    def phi(v: Floats) -> Floats:
        return np.asarray(PHI_MAX / (1 + K * np.exp(BETA * (THETA - v))))

    v = np.repeat(VOLTAGE[:, cell], 5)
    slope = (np.log(phi(v + 1e-4)) - np.log(phi(v - 1e-4))) / 2e-4
    spikes = np.isin(np.arange(STEPS), POST[cell])
    return np.asarray((spikes - phi(v) * STEP) * slope)


def grown(cell: int, step: int) -> float:
    """η/(τ_L − τ_s)·τ_L τ_s times the integral of Δ until a step: of each pair what the low pass has let through."""
    error, total = errors(cell), 0.0
    for spike in PRE[cell]:
        acted = np.arange(spike + 1, step + 1)  # in each the error of the step before
        since = (acted - spike) * STEP
        psp = np.exp(-since / P["tau_L"]) - np.exp(-since / P["tau_s"])
        total += float((error[acted - 1] * psp * (1 - np.exp(-(step - acted) * STEP / P["tau_Delta"]))).sum())
    return P["eta"] * P["tau_L"] * P["tau_s"] / (P["tau_L"] - P["tau_s"]) * total


def expected(bounds: str, low: float, high: float) -> list[Floats]:
    """The weight that each presynaptic spike meets, one cell after another."""
    found = []
    for cell in range(CELLS):
        sums = np.array([grown(cell, step) for step in PRE[cell]])
        if bounds == "in_use":
            found.append(np.clip(START[cell] + sums, low, high))
            continue
        w, weights = START[cell], []
        for change in np.diff(sums, prepend=0.0):
            w = min(max(w + change, low), high)
            weights.append(w)
        found.append(np.array(weights))
    return found


def played(low: float = -1e3, high: float = 1e3, unit: str = "1", **given: Any) -> bt.protocols.Played:
    size: Any = 1.0 if unit == "1" else pA
    values = {k: P[k] * ms for k in ("tau_Delta", "tau_L", "tau_s")} | {"w_min": low * size, "w_max": high * size}
    rule = bt.rules.UrbanczikSenn(unit=unit, **({"eta": P["eta"] / ms} | values | given))
    trains: list[Any] = [[steps * STEP * ms for steps in side] for side in (PRE, POST)]
    duration, interpreted = STEPS * STEP * ms, {"backend": "reference"}
    return bt.protocols.play(
        rule, *trains, neuron=soma(unit), events=["w"], w=START * size, duration=duration, options=interpreted
    )


def met(result: bt.protocols.Played) -> list[Floats]:
    weights = result.events["w"]
    return [weights.values.magnitude[weights.synapses == cell] for cell in range(CELLS)]


@pytest.mark.parametrize("bounds, low, high", [("hard", -1e3, 1e3), ("hard", LOW, HIGH), ("in_use", LOW, HIGH)])
def test_it_is_the_sum_over_pairs(bounds: str, low: float, high: float) -> None:
    found = met(played(low, high, bounds=bounds))
    for ours, meant in zip(found, expected(bounds, low, high), strict=True):
        np.testing.assert_allclose(ours, meant, rtol=1e-7, atol=1e-9)  # the difference quotient
    at_bounds = {bound: bool((np.concatenate(found) == bound).any()) for bound in (low, high)}
    assert set(at_bounds.values()) == {low == LOW}


def test_bounds_can_be_told_apart() -> None:
    hard, free = (np.concatenate(expected(bounds, LOW, HIGH)) for bounds in ("hard", "in_use"))
    assert np.abs(hard - free).max() > 0.05


@pytest.mark.parametrize("bounds", bt.rules.UrbanczikSenn.options["bounds"])
def test_no_step_is_spent_on_a_synapse(bounds: str) -> None:
    network = bt.Network()
    cells = network.add(bt.Population(CELLS, soma("1"), force_spikes=bt.SpikeTimes(CELLS, [1.0] * ms, [0])))
    source = network.add(bt.Poisson(30, 20 * Hz))
    network.connect(source, cells, bt.rules.UrbanczikSenn(bounds=bounds), target="received")
    assert "every is added up with each target" in bt.Simulation(network, dt=0.1 * ms).explain()


def test_a_weight_may_have_a_unit() -> None:
    """The learning rate is a conductance in a time then, and the error is measured in a potential."""
    found = played(unit="pA", eta=P["eta"] / 15 * nS / ms, w_1=15 * mV)
    np.testing.assert_allclose(np.concatenate(met(found)), np.concatenate(expected("hard", -1e3, 1e3)), rtol=1e-7, atol=1e-9)


def test_it_says_what_the_neuron_needs() -> None:
    rule = bt.rules.UrbanczikSenn()
    assert set(re.findall(r"(\w+)_post", " ".join(b.text for b in (*rule.on_pre, *rule.every)))) == set(
        bt.rules.UrbanczikSenn.needs
    )


def test_the_set_is_that_of_the_example() -> None:
    """15 mV are the scale of the potential there, 0.17 nS/ms the learning rate."""
    rule = bt.rules.UrbanczikSenn("nest_example", unit="pA")
    rate = (rule.parameters["eta"] * rule.parameters["w_1"]).to("nS*mV/ms").magnitude
    assert rate == pytest.approx(0.17 * 15)
    assert "cut" in rule.text
