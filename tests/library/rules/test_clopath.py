"""Voltage-based plasticity against a loop over steps in plain NumPy, and against an integral for a clamped voltage."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import bouton as bt
from bouton.units import ms, mV, nS

Array = NDArray[np.float64]
GIVEN: dict[str, float] = {
    "A_LTD": 3e-4, "A_LTP": 2e-4, "theta_minus": -69.0, "theta_plus": -44.0, "tau_x": 13.0, "u_ref_square": 70.0, "w_max": 3.0,
}  # fmt: skip
UNITS = {
    "A_LTD": 1 / mV, "A_LTP": 1 / mV**2, "theta_minus": mV, "theta_plus": mV, "tau_x": ms, "u_ref_square": mV**2, "w_max": 1,
}  # fmt: skip
TAU_MINUS, TAU_PLUS, TAU_SQUARE, E_L, STEP, STEPS = 10.0, 7.0, 300.0, -70.6, 0.1, 8000
rng = np.random.default_rng(9)
PRE = np.sort(rng.choice(7900, 55, replace=False))
VOLTAGE = E_L + rng.gamma(1.0, 6.0, (STEPS // 4, 3))  # bins of 0.4 ms, three cells
for cell in range(3):  # spikes, some in the step of a presynaptic one
    VOLTAGE[np.concatenate([rng.choice(len(VOLTAGE), 40, replace=False), PRE[3:9] // 4]), cell] = rng.uniform(0, 30)
START = np.array([0.0, 0.5, 2.9])
CELL = f"""
    received : UNIT
    v = voltage(t) : mV
    du_minus/dt = (v - u_minus)/({TAU_MINUS}*ms) : mV
    du_plus/dt = (v - u_plus)/({TAU_PLUS}*ms) : mV
    du_square/dt = ((v - {E_L}*mV)**2 - u_square)/({TAU_SQUARE}*ms) : mV**2
"""


def expected(g: dict[str, float], homeostasis: str, advance: str = "steps") -> Array:
    w, x, square = START.copy(), 0.0, np.zeros(3)
    minus, plus = np.full(3, E_L), np.full(3, E_L)
    for step in range(STEPS):
        v = VOLTAGE[step // 4]
        rise = np.maximum(v - g["theta_plus"], 0) * np.maximum(plus - g["theta_minus"], 0)
        if advance == "steps":
            w = np.clip(w + g["A_LTP"] * x * np.exp(-0.5 * STEP / g["tau_x"]) * rise * STEP, 0, g["w_max"])
        x *= np.exp(-STEP / g["tau_x"])
        minus = v + (minus - v) * np.exp(-STEP / TAU_MINUS)
        plus = v + (plus - v) * np.exp(-STEP / TAU_PLUS)
        square = (v - E_L) ** 2 + (square - (v - E_L) ** 2) * np.exp(-STEP / TAU_SQUARE)
        if advance == "events":
            w = w + g["A_LTP"] * x * rise * STEP
        if step in PRE:
            w = np.minimum(w, g["w_max"])
            factor = square / g["u_ref_square"] if homeostasis == "square" else 1.0
            w = np.clip(w - g["A_LTD"] * np.maximum(minus - g["theta_minus"], 0) * factor, 0, g["w_max"])
            x += 1 / g["tau_x"]
    return w


def played(unit: str = "1", **given: Any) -> bt.protocols.Played:
    voltage = bt.TimedArray(VOLTAGE * mV, dt=0.4 * ms)
    neuron = bt.NeuronModel(CELL.replace("UNIT", unit), parameters={"voltage": voltage}, name="cell")
    start = START if unit == "1" else START * nS
    rest = {"u_minus": E_L * mV, "u_plus": E_L * mV}
    rule = bt.rules.Clopath(unit=unit, **given)
    silent = [np.array([]) * ms] * 3
    return bt.protocols.play(rule, PRE * STEP * ms, silent, neuron=neuron, cell=rest, w=start, duration=STEPS * STEP * ms)


def quantities(g: dict[str, float], homeostasis: str) -> dict[str, Any]:
    return {k: v * UNITS[k] for k, v in g.items() if homeostasis == "square" or k != "u_ref_square"}


@pytest.mark.parametrize("homeostasis", ["none", "square"])
def test_it_is_the_rule_of_the_paper(homeostasis: str) -> None:
    for changed in ({}, {"A_LTP": 4e-3, "theta_plus": -60.0}, {"theta_minus": -66.0}):
        g = GIVEN | changed
        found = played(homeostasis=homeostasis, **quantities(g, homeostasis)).final().magnitude
        np.testing.assert_allclose(found, expected(g, homeostasis), rtol=1e-9, atol=1e-12)
        assert (np.abs(found - START) > 1e-4).any()


def test_what_steps_add_may_wait_for_the_next_spike() -> None:
    for changed in ({}, {"A_LTP": 4e-3, "theta_plus": -60.0}):
        g = GIVEN | changed
        result = played(advance="events", **quantities(g, "none"))
        np.testing.assert_allclose(result.final().magnitude, expected(g, "none", "events"), rtol=1e-9, atol=1e-12)
        assert "every is added up with each target" in result.simulation.explain()
    slow = played(**quantities(GIVEN, "none")).final().magnitude
    np.testing.assert_allclose(expected(GIVEN, "none", "events") - START, slow - START, rtol=0.05)  # schemes of first order


def test_a_weight_may_have_a_unit() -> None:
    """The sizes of the paper are of a weight of 1 nS then."""
    plain = played(**quantities(GIVEN, "none")).final()
    given = quantities(GIVEN, "none") | {"w_max": 3 * nS}
    np.testing.assert_allclose(played("nS", **given).final().to("nS").magnitude, plain.magnitude, rtol=1e-12)


def test_a_clamped_voltage() -> None:
    """Figure 1h: with the voltage held, all filters are equal to it, and each spike changes the weight by a closed form."""
    held = np.array([-80.0, -72.0, -65.0, -50.0, -40.0, -20.0, 0.0])
    neuron = bt.NeuronModel("received : 1\nv : mV\nu_minus : mV\nu_plus : mV", name="clamped")
    clamp = dict.fromkeys(("v", "u_minus", "u_plus"), held * mV)
    spikes = 10.0 + 40.0 * np.arange(25)
    rule = bt.rules.Clopath("clopath2010_visual_cortex", w_max=1e3)
    silent = [np.array([]) * ms] * len(held)
    result = bt.protocols.play(rule, spikes * ms, silent, neuron=neuron, cell=clamp, w=100.0, duration=2000 * ms)
    above = np.maximum(held + 70.6, 0)
    last = 1 - np.exp(-(1999.9 - spikes) / 15.0)  # of the unit area of each spike's trace
    middle = 0.1 / 15 / (2 * np.sinh(0.05 / 15))  # the sum over middles of steps instead of the integral
    meant = -25 * 14e-5 * above + 8e-5 * np.maximum(held + 45.3, 0) * above * last.sum() * middle
    np.testing.assert_allclose(result.final().magnitude - 100, meant, rtol=1e-9, atol=1e-11)
    assert list(np.sign(meant)) == [0, 0, -1, -1, 1, 1, 1]


def test_it_says_what_the_neuron_needs() -> None:
    """Exactly the variables of the postsynaptic neuron that the equations read, with homeostasis one more."""
    for homeostasis, more in (("none", set()), ("square", {"u_square"})):
        rule = bt.rules.Clopath(homeostasis=homeostasis)
        text = rule.text + rule.on_pre[0].text
        assert set(re.findall(r"(\w+)_post", text)) == {*bt.rules.Clopath.needs, *more}
