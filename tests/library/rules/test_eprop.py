"""Eligibility propagation against the paper's sums, and against a gradient by finite differences.

The second oracle knows no eligibility: a network without recurrence whose spikes, near the weights in question, follow the
antiderivative of the pseudo-derivative is simulated with each weight a little larger and a little smaller.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import bouton as bt
from bouton.errors import NetworkError
from bouton.units import Hz, ms, mV

Floats = NDArray[np.float64]
TRIAL, TRIALS, CELLS = 50, 3, 3
STEPS = TRIAL * TRIALS + 1
TAU_M, TAU_OUT, TAU_A, TAU_F, BETA, ETA, C_REG, F_TARGET = 12.0, 17.0, 40.0, 60.0, 0.3, 0.02, 50.0, 0.02  # ms, 1, 1, ms², kHz
ALPHA, KAPPA, RHO = (np.exp(-1 / tau) for tau in (TAU_M, TAU_OUT, TAU_A))
rng = np.random.default_rng(6)
PRE, POST = ([np.sort(rng.choice(STEPS, 25, replace=False)) for _ in range(CELLS)] for _ in range(2))
PRE[0][:2] = 0, 1
PRE = [np.unique(np.concatenate([pre, [TRIAL - 1, TRIAL]])) for pre in PRE]  # at the border between two trials
PSI, L = rng.uniform(0, 0.8, (STEPS, CELLS)), rng.normal(0, 1, (STEPS + 1, CELLS))
START = np.array([-0.4, 0.1, 0.7])
CHOICES = [(n, f, r) for n in ("lif", "alif", "readout") for f in ("sum", "mean") for r in ("none", "rate")]
VARIANTS = [(n, f, r) for n, f, r in CHOICES if (n, r) != ("readout", "rate")]


def eligibility(neuron: str, kind: str, cell: int, steps: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """e and ē in steps that begin with traces of 0; z̄ and ē as sums."""
    gains = (1.0, 1.0) if kind == "sum" else (1 - ALPHA, 1 - KAPPA)
    spikes = PRE[cell][(PRE[cell] >= steps[0]) & (PRE[cell] <= steps[-1])]
    if neuron == "readout":
        later = steps[:, None] - spikes
        return np.zeros(len(steps)), gains[1] * np.where(later >= 0, KAPPA ** np.maximum(later, 0), 0).sum(axis=1)
    before = steps[:, None] - 1 - spikes
    z_bar = gains[0] * np.where(before >= 0, ALPHA ** np.maximum(before, 0), 0).sum(axis=1)
    e, eps = np.zeros(len(steps)), 0.0
    for k, step in enumerate(steps):
        e[k] = PSI[step, cell] * (z_bar[k] - (BETA * eps if neuron == "alif" else 0.0))
        eps = RHO * eps + e[k]
    lag = steps[:, None] - steps
    return e, gains[1] * np.where(lag >= 0, KAPPA ** np.maximum(lag, 0), 0) @ e


def after_trials(neuron: str, kind: str, rate: str) -> Floats:
    """Weights after each trial, [trial, cell]."""
    changes = np.zeros((TRIALS, CELLS))
    for trial in range(TRIALS):
        steps = np.arange(trial * TRIAL, (trial + 1) * TRIAL)
        for cell in range(CELLS):
            e, e_bar = eligibility(neuron, kind, cell, steps)
            f = np.isin(POST[cell], steps).sum() / TRIAL
            penalty = C_REG * (f - F_TARGET) * e.sum() / TRIAL if rate == "rate" else 0.0
            changes[trial, cell] = -ETA * (L[steps + 1, cell] @ e_bar + penalty)
    return np.asarray(START + np.cumsum(changes, axis=0))


def in_steps(neuron: str, kind: str, rate: str) -> Floats:
    """The weights at the end if each step changes them."""
    steps, w = np.arange(STEPS), START.copy()
    for cell in range(CELLS):
        e, e_bar = eligibility(neuron, kind, cell, steps)
        since = steps[:, None] - POST[cell]
        f = np.where(since > 0, np.exp(-np.maximum(since, 0) / TAU_F), 0).sum(axis=1) / TAU_F
        penalty = C_REG * (f - F_TARGET) @ e / TAU_F if rate == "rate" else 0.0
        w[cell] -= ETA * (L[steps[1:], cell] @ e_bar[:-1] + penalty)
    return w


def played(neuron: str, kind: str, rate: str, update: str, unit: str = "1") -> bt.protocols.Played:
    size: Any = 1.0 if unit == "1" else mV
    given = {"tau_m": TAU_M * ms, "tau_out": TAU_OUT * ms, "tau_a": TAU_A * ms, "tau_f": TAU_F * ms, "eta": ETA, "T": TRIAL * ms}
    given |= {"c_reg": C_REG * ms**2, "f_target": F_TARGET * 1000 * Hz, "beta": BETA * size}
    rule = bt.rules.EProp(unit=unit, neuron=neuron, filter=kind, regularisation=rate, update=update)
    known = {name: value for name, value in given.items() if name in rule.parameters}
    inverse = 1.0 if unit == "1" else 1 / mV
    of_L = f"1/({unit})" if neuron == "readout" else "1"
    scale = inverse if neuron == "readout" else 1.0
    model = bt.NeuronModel(
        f"received : {unit}\npsi = psis(t) : 1/({unit})\nL = signals(t) : {of_L}",
        parameters={"psis": bt.TimedArray(PSI * inverse, dt=1 * ms), "signals": bt.TimedArray(L * scale, dt=1 * ms)},
        name="cell",
    )
    trains: list[Any] = [[steps * ms for steps in side] for side in (PRE, POST)]
    return bt.protocols.play(
        bt.rules.EProp(unit=unit, neuron=neuron, filter=kind, regularisation=rate, update=update, **known), *trains, neuron=model,
        w=START * size, dt=1 * ms, duration=STEPS * ms, record=["w"], every=TRIAL * ms, options={"backend": "reference"},
    )  # fmt: skip


@pytest.mark.parametrize("neuron, kind, rate", VARIANTS)
def test_trials_change_weights_by_the_sums_of_the_paper(neuron: str, kind: str, rate: str) -> None:
    result, meant = played(neuron, kind, rate, "trial"), after_trials(neuron, kind, rate)
    np.testing.assert_allclose(result.final().magnitude, meant[-1], rtol=1e-10, atol=1e-13)
    at_ends = result.to_dataset()["w"].values  # at the end of the last step of each trial
    np.testing.assert_allclose(at_ends, [START, *meant[:-1]], rtol=1e-10, atol=1e-13)
    assert np.abs(np.diff(meant, axis=0)).min() > 1e-6


@pytest.mark.parametrize("neuron, kind, rate", VARIANTS)
def test_each_step_may_change_weights(neuron: str, kind: str, rate: str) -> None:
    found, meant = played(neuron, kind, rate, "step").final().magnitude, in_steps(neuron, kind, rate)
    np.testing.assert_allclose(found, meant, rtol=1e-10, atol=1e-13)
    assert np.abs(meant - START).min() > 1e-5


def test_variants_can_be_told_apart() -> None:
    found = [after_trials(*variant)[-1] for variant in VARIANTS] + [in_steps(*variant) for variant in VARIANTS]
    assert all(np.abs(a - b).max() > 1e-4 for k, a in enumerate(found) for b in found[:k])


@pytest.mark.parametrize("neuron", ["alif", "readout"])
def test_a_weight_may_have_a_unit(neuron: str) -> None:
    found = played(neuron, "mean", "none", "trial", unit="mV").final()
    np.testing.assert_allclose(found.to("mV").magnitude, after_trials(neuron, "mean", "none")[-1], rtol=1e-10)


# A network of one layer: what it does, in NumPy and here.

INPUTS, HIDDEN, V_TH, GAMMA, TRIAL_2 = 6, 4, 0.6, 0.3, 100
X = rng.random((TRIAL_2, INPUTS)) < 0.15
W_IN = {"sum": rng.normal(0.1, 0.25, (INPUTS, HIDDEN)), "mean": rng.normal(1.2, 3, (INPUTS, HIDDEN))}
W_OUT = rng.normal(0, 0.5, HIDDEN)
GOAL = np.sin(np.arange(TRIAL_2 + 1) / 9)


def course(w_in: Floats, beta: float, kind: str, fixed: tuple[Floats, Floats] | None = None) -> tuple[Floats, Floats]:
    """z and (v − v_th − β a)/v_th, [step, neuron]; near what is ``fixed`` z follows the antiderivative of psi."""
    gain = 1.0 if kind == "sum" else 1 - ALPHA
    z, scaled = np.zeros((TRIAL_2, HIDDEN)), np.zeros((TRIAL_2, HIDDEN))
    v = a = np.zeros(HIDDEN)
    for k in range(TRIAL_2):
        scaled[k] = (v - V_TH - beta * a) / V_TH
        z[k] = scaled[k] > 0 if fixed is None else fixed[0][k] + GAMMA * (area(scaled[k]) - area(fixed[1][k]))
        reset = z[k] if fixed is None else fixed[0][k]  # the paper does not derive the reset
        v = ALPHA * v + gain * X[k] @ w_in - V_TH * reset
        a = RHO * a + z[k]
    return z, scaled


def area(u: Floats) -> Floats:
    """∫ max(0, 1 − |u|) du."""
    u = np.clip(u, -1, 1)
    return np.where(u < 0, (1 + u) ** 2 / 2, 1 - (1 - u) ** 2 / 2)


def loss(z: Floats, w_out: Floats, kind: str, rate: str) -> float:
    gain, y, total = 1.0 if kind == "sum" else 1 - KAPPA, 0.0, 0.0
    for k in range(TRIAL_2):
        y = KAPPA * y + gain * float(z[k] @ w_out)
        total += (y - GOAL[k]) ** 2 / 2
    return total + (C_REG / 2 * float(((z.sum(axis=0) / TRIAL_2 - F_TARGET) ** 2).sum()) if rate == "rate" else 0.0)


def gradients(beta: float, kind: str, rate: str) -> tuple[Floats, Floats]:
    """dE/dW of the inputs and of the readout, by central differences."""
    w_in, size = W_IN[kind], 1e-5
    fixed, by_input, by_readout = course(w_in, beta, kind), np.zeros_like(w_in), np.zeros_like(W_OUT)
    for at in np.ndindex(*w_in.shape):
        step = np.zeros_like(w_in)
        step[at] = size
        up, down = (loss(course(w_in + s * step, beta, kind, fixed)[0], W_OUT, kind, rate) for s in (1, -1))
        by_input[at] = (up - down) / (2 * size)
    for j in range(HIDDEN):
        step = size * (np.arange(HIDDEN) == j)
        up, down = (loss(fixed[0], W_OUT + s * step, kind, "none") for s in (1, -1))
        by_readout[j] = (up - down) / (2 * size)
    return by_input, by_readout


NEURON = """
    dv/dt = ((gain*I - v_th*z)/(1 - exp(-dt/tau_m)) - v)/tau_m : 1
    da/dt = -a/tau_a : 1
    I : 1
    z : 1
    L : 1
    A = v_th + beta*a : 1
    psi = gamma/v_th*maximum(0, 1 - abs(v - A)/v_th) : 1
"""
READOUT = """
    ds/dt = -s/tau_out : 1
    L = gain*s(t-dt) - goal(t) : 1
"""


def learnt(neuron: str, kind: str, rate: str) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Spikes [step, neuron], and what a trial changes the weights by."""
    mean, taus = kind == "mean", {"tau_m": TAU_M * ms, "tau_out": TAU_OUT * ms, "tau_a": TAU_A * ms}
    lif = {"v_th": V_TH, "gamma": GAMMA, "beta": BETA if neuron == "alif" else 0.0, "gain": 1 - ALPHA if mean else 1.0}
    hidden = bt.NeuronModel(
        NEURON, every=(bt.dt, "I = 0; z = 0"), threshold="v > A", reset="z = 1; a += exp(dt/tau_a)",
        parameters=lif | {k: taus[k] for k in ("tau_m", "tau_a")}, name="hidden",
    )  # fmt: skip
    goal = bt.TimedArray(np.array([0, *GOAL]), dt=1 * ms)  # a step late, like the spikes that it is compared with
    output = bt.NeuronModel(READOUT, parameters={"goal": goal, "gain": 1 - KAPPA if mean else 1.0, "tau_out": taus["tau_out"]})
    network = bt.Network()
    source = network.add(bt.SpikeTimes(INPUTS, np.nonzero(X)[0] * ms, np.nonzero(X)[1]))
    cells, readout = network.add(bt.Population(HIDDEN, hidden)), network.add(bt.Population(1, output))
    options: dict[str, Any] = {"T": TRIAL_2 * ms, "filter": kind, "eta": 1.0}
    given = options | ({"c_reg": C_REG * ms**2, "f_target": F_TARGET * 1000 * Hz} if rate == "rate" else {})
    given |= {"tau_a": taus["tau_a"], "beta": BETA} if neuron == "alif" else {}
    rule = bt.rules.EProp(neuron=neuron, regularisation=rate, tau_m=taus["tau_m"], tau_out=taus["tau_out"], **given)
    plastic = network.connect(source, cells, rule, target="I", w=W_IN[kind].ravel())
    of_readout = bt.rules.EProp(neuron="readout", tau_out=taus["tau_out"], **options)
    out = network.connect(cells, readout, of_readout, target="s", w=W_OUT)
    network.connect(readout, cells, bt.SynapseModel("B : 1\nL_post = B*L_pre : 1 (summed)", name="feedback"), B=W_OUT)
    simulation = bt.Simulation(network, dt=1 * ms, backend="reference")
    spikes = simulation.record_spikes(cells)
    simulation.run((TRIAL_2 + 1) * ms)
    z = np.zeros((TRIAL_2 + 1, HIDDEN), dtype=np.int64)
    z[spikes.steps, spikes.indices] = 1
    changed = simulation[plastic].w.magnitude.reshape(INPUTS, HIDDEN) - W_IN[kind]
    return z[:-1], changed, simulation[out].w.magnitude - W_OUT


@pytest.mark.parametrize("neuron, kind, rate", [("lif", "sum", "none"), ("alif", "sum", "rate"), ("alif", "mean", "none")])
def test_without_recurrence_it_is_the_gradient(neuron: str, kind: str, rate: str) -> None:
    beta = BETA if neuron == "alif" else 0.0
    z, by_input, by_readout = learnt(neuron, kind, rate)
    np.testing.assert_array_equal(z, course(W_IN[kind], beta, kind)[0])
    assert z.sum() > 10
    for found, meant in zip((by_input, by_readout), gradients(beta, kind, rate), strict=True):
        np.testing.assert_allclose(-found, meant, rtol=1e-6, atol=1e-7)  # central differences
        assert np.abs(meant).max() > 0.01


def test_the_rate_of_a_readout_is_refused() -> None:
    with pytest.raises(NetworkError, match="E401"):
        bt.rules.EProp(neuron="readout", regularisation="rate")


def test_it_says_what_the_neuron_needs() -> None:
    for neuron in ("lif", "alif"):
        blocks = bt.rules.EProp(neuron=neuron).every
        assert set(re.findall(r"(\w+)_post", " ".join(b.text for b in blocks))) == set(bt.rules.EProp.needs)


def test_the_set_is_that_of_the_program() -> None:
    rule = bt.rules.EProp("bellec2020_pattern_generation")
    assert rule.parameters["eta"] == 1e-4
    assert rule.parameters["c_reg"] == 300 * ms**2
    assert rule.parameters["f_target"] == 10 * Hz
    assert rule.parameters["tau_m"] == rule.parameters["tau_out"] == 30 * ms
    assert rule.parameters[rule.every[0].interval] == 1000 * ms
