"""Orchestrated plasticity against sums over pairs and triplets of spikes, and a reference solved between them."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

import bouton as bt
from bouton.units import Hz, ms, nS

Array = NDArray[np.float64]
TAUS = {"tau_plus": 17.0, "tau_minus": 21.0, "tau_slow": 90.0, "tau_cons": 400.0, "tau_hom": 150.0}  # ms
A, B, DELTA, BETA, P, W_P, HIGH, KAPPA, STEP = 0.02, 0.03, 0.012, 0.15, 0.1, 0.5, 1.0, 60.0, 0.1
STARTS, REFERENCES = np.array([0.0, 0.3, 1.0]), np.array([0.0, 0.45, 0.2])
rng = np.random.default_rng(2)
PRE = np.sort(rng.choice(1450, 18, replace=False)) * STEP
POST = np.sort(np.concatenate([rng.choice(np.setdiff1d(np.arange(1450), PRE * 10), 13, replace=False) * STEP, PRE[5:10]]))
END = 160.0
DEFAULT = {
    "consolidation": "steps", "heterosynaptic": "on",
    "transmitter": "on", "threshold": "fixed", "simultaneous": "pre_first",
}  # fmt: skip


def trace(t: float, spikes: Array, tau: str) -> float:
    return float(np.exp(-(t - spikes) / TAUS[tau]).sum())


def slope(w: Array, ref: Array) -> Array:
    return w - ref - 64 * P / (3 * W_P**3) * ref * (W_P / 2 - ref) * (W_P - ref)


def solved(w: Array, ref: Array, length: float) -> Array:
    """The reference after a time with constant weights."""
    if length <= 0:
        return ref
    found = solve_ivp(lambda _, r: slope(w, r) / TAUS["tau_cons"], (0.0, length), ref, rtol=1e-11, atol=1e-13)
    return np.asarray(found.y[:, -1])


def expected(**options: str) -> tuple[Array, Array]:
    """Weight and reference. At one time presynaptic spikes come first, after the step of the reference."""
    o = DEFAULT | options
    w, ref, at = STARTS.copy(), REFERENCES.copy(), 0.0
    marks = [(t, 0) for t in np.arange(0.0, END, 120.0)] if o["consolidation"] == "intervals" else []
    for t, kind in sorted(marks + [(t, 1) for t in PRE] + [(t, 2) for t in POST]):
        if o["consolidation"] == "steps":  # a step that begins with this spike has advanced the reference with the old weight
            ref, at = solved(w, ref, t + STEP - at), t + STEP
        past = POST[t > POST]
        if kind == 0:
            ref = ref + 120.0 / TAUS["tau_cons"] * slope(w, ref)
        elif kind == 1:
            rate = trace(t, past, "tau_hom") / (TAUS["tau_hom"] * 1e-3)
            factor = B if o["threshold"] == "fixed" else B * (rate / KAPPA) ** 2
            w = w + DELTA * (o["transmitter"] == "on") - factor * trace(t, past, "tau_minus")
        else:
            seen = PRE[t >= PRE] if o["simultaneous"] == "pre_first" else PRE[t > PRE]
            back = BETA * (w - ref) * trace(t, past, "tau_minus") ** 3 if o["heterosynaptic"] == "on" else 0.0
            w = w + A * trace(t, seen, "tau_plus") * trace(t, past, "tau_slow") - back
        w = np.clip(w, 0.0, HIGH)
    return w, solved(w, ref, END - at) if o["consolidation"] == "steps" else ref


def played(unit: str = "1", **options: str) -> bt.protocols.Played:
    o, size = DEFAULT | options, 1.0 if unit == "1" else 1 * nS
    given = {"A": A * size, "B": B * size, "w_max": HIGH * size, "tau_plus": TAUS["tau_plus"] * ms}
    given |= {"tau_minus": TAUS["tau_minus"] * ms, "tau_slow": TAUS["tau_slow"] * ms}
    given |= {"delta": DELTA * size} if o["transmitter"] == "on" else {}
    given |= {"interval": 120 * ms} if o["consolidation"] == "intervals" else {}
    given |= {"beta": BETA} if o["heterosynaptic"] == "on" else {}
    given |= {"tau_hom": TAUS["tau_hom"] * ms, "kappa": KAPPA * Hz} if o["threshold"] == "sliding" else {}
    if o["consolidation"] != "off":
        given |= {"tau_cons": TAUS["tau_cons"] * ms, "p": P * size, "w_P": W_P * size}
    start = {"w": STARTS * size}
    if o["consolidation"] != "off" or o["heterosynaptic"] == "on":
        start["w_ref"] = REFERENCES * size
    rule = bt.rules.ZenkeConsolidation(unit=unit, **o, **given)
    cell = bt.NeuronModel(f"received : {unit}", name="cell")
    fixed: dict[str, Any] = {"duration": END * ms, "neuron": cell, "options": {"backend": "reference"}}
    return bt.protocols.play(rule, PRE * ms, [POST * ms] * 3, **fixed, **start)


VARIANTS = [
    *({"consolidation": c, "simultaneous": k} for c, k in product(("steps", "intervals", "off"), ("pre_first", "apart"))),
    {"threshold": "sliding", "consolidation": "intervals"},
    {"transmitter": "off", "consolidation": "intervals"},
    {"heterosynaptic": "off", "consolidation": "intervals"},
    {"heterosynaptic": "off", "consolidation": "off", "transmitter": "off"},
]


@pytest.mark.parametrize("options", VARIANTS, ids=lambda o: " ".join(o.values()))
def test_it_is_a_sum_over_pairs_and_triplets(options: dict[str, str]) -> None:
    """The reference follows rk4, whose error is below the tolerance, or Euler's method."""
    result = played(**options)
    w, ref = expected(**options)
    np.testing.assert_allclose(result.final().magnitude, w, rtol=1e-9, atol=1e-12)
    if options.get("heterosynaptic") != "off" or options["consolidation"] != "off":
        np.testing.assert_allclose(result.final("w_ref").magnitude, ref, rtol=1e-9, atol=1e-12)


def test_variants_can_be_told_apart() -> None:
    found = [np.concatenate(expected(**options)) for options in VARIANTS]
    assert all(np.abs(a - b).max() > 1e-3 for k, a in enumerate(found) for b in found[:k])


def test_a_weight_may_have_a_unit() -> None:
    result = played("nS", consolidation="intervals")
    assert str(result.final("w_ref").units) == "nanosiemens"
    np.testing.assert_allclose(result.final().magnitude, expected(consolidation="intervals")[0], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("consolidation, dt, tau", [("intervals", 120.0, 4000.0), ("steps", 1.0, 30.0)])
def test_the_reference_has_two_stable_states(consolidation: str, dt: float, tau: float) -> None:
    """Without spikes it goes to a root of its equation: the first one upwards from 0, downwards from w_P."""
    w = np.array([0.1, 0.4, 0.1, 0.4])
    options = {"interval": dt * ms} if consolidation == "intervals" else {}
    rule = bt.rules.ZenkeConsolidation(consolidation=consolidation, **options, tau_cons=tau * ms, p=0.3)
    run = {"duration": 1000 * dt * ms, "dt": dt * ms, "options": {"backend": "reference"}}
    result = bt.protocols.play(rule, np.zeros(0) * ms, [np.zeros(0) * ms] * 4, w=w, w_ref=np.array([0, 0, 0.5, 0.5]), **run)
    pull, meant = 64 * 0.3 / (3 * 0.5**3), []
    for weight, below in zip(w, (True, True, False, False), strict=True):
        roots = np.roots([-pull, 0.75 * pull, -0.125 * pull - 1, weight])
        real = np.sort(roots[np.abs(roots.imag) < 1e-9].real)
        meant.append(real[0] if below else real[-1])
    np.testing.assert_allclose(result.final("w_ref").magnitude, meant, rtol=1e-6)
    assert meant[0] < 0.1
    assert meant[3] > 0.4
    assert abs(meant[1] - meant[3]) > 0.01 or abs(meant[0] - meant[2]) > 0.01


@pytest.mark.parametrize("name", bt.rules.ZenkeConsolidation.sets)
def test_named_sets_are_models(name: str) -> None:
    """Each term alone: a presynaptic spike; a pair post-pre; a triplet post-pre-post; a pair of postsynaptic spikes."""
    spikes = {
        "pre": ([100.0], []),
        "pair": ([110.0], [100.0]),
        "triplet": ([110.0], [100.0, 115.0]),
        "burst": ([], [100.0, 105.0]),
    }
    pre, post = ([np.array(each[side]) * ms for each in spikes.values()] for side in (0, 1))
    rule = bt.rules.ZenkeConsolidation(name)
    options = {"duration": 150 * ms, "options": {"backend": "reference"}}
    found = dict(zip(spikes, bt.protocols.play(rule, pre, post, w=0.3, w_ref=0.1, **options).final().magnitude, strict=True))
    ref = 0.1 + 1.2 / 1200 * (0.3 - 0.1 - 0.1 / (0.125 * -0.125 * -0.375) * 0.1 * 0.15 * 0.4)  # once, at t = 0
    factor = (1 / 600 * np.exp(-10 / 6e5) / 10) ** 2 if "sliding" in name else 1.0
    pair = 0.3 + 2e-5 - 1e-3 * factor * np.exp(-10 / 20)
    assert found["pre"] == pytest.approx(0.3 + 2e-5, rel=1e-12)
    assert found["pair"] == pytest.approx(pair, rel=1e-12)
    last = pair + 1e-3 * np.exp(-5 / 20) * np.exp(-15 / 100) - 0.05 * (pair - ref) * np.exp(-15 / 20) ** 3
    assert found["triplet"] == pytest.approx(last, rel=1e-12)
    assert found["burst"] == pytest.approx(0.3 - 0.05 * (0.3 - ref) * np.exp(-5 / 20) ** 3, rel=1e-12)


def test_it_composes_with_short_term_plasticity() -> None:
    """As in the paper's network: what is transmitted is the product, and the weight changes as before."""
    rule = bt.rules.ZenkeConsolidation("zenke2015_figure3")
    short = bt.SynapseModel("dd/dt = -d/(200*ms) : 1", on_pre="transmit = 1 - d; d += 0.2*(1 - d)", name="short")
    trains = np.array([20.0, 30.0]) * ms, np.array([10.0, 32.0]) * ms
    alone = bt.protocols.play(rule, *trains, w=0.3, options={"backend": "reference"})
    both = bt.protocols.play(rule & short, *trains, w=0.3, options={"backend": "reference"})
    assert both.final().magnitude == alone.final().magnitude
    second = 0.3 + 2e-5 - 1e-3 * np.exp(-10 / 20)
    got = [float(each.simulation[each.cells].received.magnitude[0]) for each in (alone, both)]
    np.testing.assert_allclose(got, [0.3 + second, 0.3 + second * (1 - 0.2 * np.exp(-10 / 200))], rtol=1e-12)
