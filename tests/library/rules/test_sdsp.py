"""Spike-driven plasticity against a loop over events in closed form."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import bouton as bt
from bouton.errors import NetworkError
from bouton.units import ms, mV, nS, second

Array = NDArray[np.float64]
VALUES: dict[str, float] = {
    "a": 0.13, "b": 0.11, "alpha": 1.3, "beta": 1.7, "theta_V": -55.0, "tau_C": 40.0, "theta_up_low": 0.7, "theta_up_high": 3.1,
    "theta_down_low": 0.3, "theta_down_high": 1.9, "J_C": 1.1, "theta_X": 0.52, "X_max": 1.05,
}  # fmt: skip
UNITS = {"alpha": 1 / second, "beta": 1 / second, "theta_V": mV, "tau_C": ms}
rng = np.random.default_rng(15)
PRE = np.sort(rng.choice(8000, 60, replace=False))
POST = np.unique(np.concatenate([rng.choice(8000, 40, replace=False), PRE[20:26]]))
VOLTAGE = rng.uniform(-65, -45, (8100, 4))  # one for each step and cell
START = np.array([0.0, 0.3, 0.7, 1.05])
END = 8080


def calcium(v: dict[str, float], step: int) -> float:
    """At a presynaptic spike: of all postsynaptic spikes in steps before."""
    return float((v["J_C"] * np.exp(-(step - POST[step > POST]) * 0.1 / v["tau_C"])).sum())


def drifted(v: dict[str, float], X: Array, steps: int) -> Array:
    up, down = v["alpha"] * steps * 1e-4, v["beta"] * steps * 1e-4
    return np.where(v["theta_X"] < X, np.minimum(X + up, v["X_max"]), np.maximum(X - down, 0))


def expected(v: dict[str, float], advance: str) -> tuple[Array, Array, Array]:
    """X at the end, the number of strong transmissions, and that of jumps each way."""
    X, last = START.copy(), -1 if advance == "steps" else 0  # the first step is integrated before its spikes
    strong, jumps = np.zeros(4), np.zeros(2)
    for step in PRE:
        X, last = drifted(v, X, step - last), step
        strong += v["theta_X"] < X
        now, high = calcium(v, step), VOLTAGE[step] > v["theta_V"]
        up = high & (v["theta_up_low"] < now < v["theta_up_high"])
        down = ~high & (v["theta_down_low"] < now < v["theta_down_high"])
        jumps += up.sum(), down.sum()
        X = np.clip(X + v["a"] * up - v["b"] * down, 0, v["X_max"])
    return drifted(v, X, END - 1 - last), strong, jumps


def played(v: dict[str, float], advance: str, unit: str = "1", **given: Any) -> bt.protocols.Played:
    rule = bt.rules.SDSP(unit=unit, advance=advance, **{k: x * UNITS.get(k, 1) for k, x in v.items()}, **given)
    neuron = bt.NeuronModel(
        f"received : {unit}\nv = voltage(t) : mV", parameters={"voltage": bt.TimedArray(VOLTAGE * mV, dt=0.1 * ms)}, name="cell"
    )
    start = {"r" if advance == "events" else "X": START}
    post = [POST * 0.1 * ms] * 4
    return bt.protocols.play(
        rule, PRE * 0.1 * ms, post, neuron=neuron, duration=END * 0.1 * ms, record=("X",), every=8 * ms, **start
    )


@pytest.mark.parametrize("advance", ["steps", "events"])
def test_it_is_the_rule_of_the_paper(advance: str) -> None:
    for changed in ({}, {"a": 0.4, "b": 0.31}, {"theta_up_high": 1.5, "theta_down_low": 0.0}):
        v = VALUES | changed
        result = played(v, advance)
        X, strong, jumps = expected(v, advance)
        np.testing.assert_allclose(np.asarray(result.grid["X"].values.magnitude)[-1], X, rtol=1e-9, atol=1e-12)
        np.testing.assert_array_equal(result.simulation[result.cells].received.magnitude, strong)
        assert (jumps > 5).all()


def test_a_weak_and_a_strong_weight_with_a_unit() -> None:
    result = played(VALUES, "events", "nS", w_0=0.5 * nS, w_1=2 * nS)
    strong = expected(VALUES, "events")[1]
    np.testing.assert_allclose(result.simulation[result.cells].received.to("nS").magnitude, 0.5 * 60 + 1.5 * strong, rtol=1e-12)


def test_numbers_are_asked_for() -> None:
    with pytest.raises(NetworkError, match="E401"):
        played({k: x for k, x in VALUES.items() if k != "alpha"}, "steps")


def test_a_synapse_left_alone_is_where_it_was() -> None:
    """Bistable: without presynaptic spikes it goes to the bound on its side of the threshold, and stays."""
    rule = bt.rules.SDSP(**{k: x * UNITS.get(k, 1) for k, x in VALUES.items()})
    cell = bt.NeuronModel("received : 1\nv : mV", name="resting")
    silent = [np.array([]) * ms] * 4
    result = bt.protocols.play(rule, np.array([]) * ms, silent, neuron=cell, X=[0.0, 0.51, 0.53, 1.0], duration=1 * second)
    np.testing.assert_array_equal(result.final("X").magnitude, [0.0, 0.0, 1.05, 1.05])
