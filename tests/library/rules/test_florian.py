"""Reward-modulated plasticity against sums over pairs of spikes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import bouton as bt
from bouton.errors import NetworkError
from bouton.units import ms, mV

Array = NDArray[np.float64]
TAU_PLUS, TAU_MINUS, TAU_Z, A_PLUS, A_MINUS, GAMMA, R = 17.0, 34.0, 60.0, 0.9, 1.1, 0.02, 3.0
GIVEN = {
    "tau_plus": TAU_PLUS * ms, "tau_minus": TAU_MINUS * ms, "A_plus": A_PLUS, "A_minus": A_MINUS, "gamma": GAMMA, "w_min": -10.0,
}  # fmt: skip
rng = np.random.default_rng(8)
PRE = np.sort(rng.choice(8000, 50, replace=False)) * 0.1
POST = np.unique(np.concatenate([rng.choice(8000, 45, replace=False) * 0.1, PRE[10:15]]).round(1))
REWARDS = np.sort(np.concatenate([rng.choice(8000, 8, replace=False) * 0.1, PRE[12:13]]))
END = 850.0
SIGNAL = rng.uniform(-1, 1, round(END / 5))  # in bins of 5 ms


def zeta() -> list[tuple[float, float]]:
    """(when, ζ) of each spike: all spikes of the other side before it, and for postsynaptic ones at once."""
    pre = [(t, -A_MINUS * float(np.exp(-(t - POST[t - 0.05 > POST]) / TAU_MINUS).sum())) for t in PRE]
    post = [(t, A_PLUS * float(np.exp(-(t - PRE[t + 0.05 > PRE]) / TAU_PLUS).sum())) for t in POST]
    return pre + post


def run(rule: bt.SynapseModel, w: Any, *, linked: bool, unit: str = "1") -> Array:
    """The final weights; the reward is a signal of its own, or comes at given times."""
    network = bt.Network()
    count = np.size(w)
    ends = bt.SpikeTimes(count, np.tile(POST, count) * ms, np.repeat(np.arange(count), len(POST)))
    before = network.add(bt.SpikeTimes(1, PRE * ms, np.zeros(len(PRE), dtype=int)))
    cells = network.add(bt.Population(count, bt.NeuronModel(f"received : {unit}", name="cell"), force_spikes=ends))
    if linked:
        critic = bt.NeuronModel(
            "r : 1", every=(bt.dt, "r = signal(t)"), parameters={"signal": bt.TimedArray(SIGNAL, dt=5 * ms)}, name="critic"
        )
        third: dict[str, Any] = {"link": {"r": network.add(bt.Population(1, critic))}}
    else:
        third = {"events": {"reward": network.add(bt.SpikeTimes(1, REWARDS * ms, np.zeros(len(REWARDS), dtype=int)))}}
    synapses = network.connect(before, cells, rule, target="received", w=w, **third)
    simulation = bt.Simulation(network, dt=0.1 * ms)
    simulation.run(END * ms)
    return np.asarray(simulation[synapses].w.to(unit if unit != "1" else "").magnitude)


def reward(times: Array) -> Array:
    return SIGNAL[np.minimum((times / 5 + 1e-9).astype(int), len(SIGNAL) - 1)]


def test_mstdp_is_a_sum_of_rewarded_pairs() -> None:
    found = run(bt.rules.Florian(rule="mstdp", **GIVEN), np.array([-1.0, 0.5]), linked=True)
    change = sum(GAMMA * float(reward(np.array([t]))[0]) * size for t, size in zeta())
    np.testing.assert_allclose(found, np.array([-1.0, 0.5]) + change, rtol=1e-10)
    assert abs(change) > 1e-3


def test_mstdp_stays_in_its_bounds() -> None:
    found = run(bt.rules.Florian(rule="mstdp", **(GIVEN | {"w_min": -0.02, "w_max": 0.02})), np.array([0.0, 0.01]), linked=True)
    w = np.array([0.0, 0.01])
    for t, size in sorted(zeta(), key=lambda each: (each[0], each[1])):  # depression first at coincidences
        w = np.clip(w + GAMMA * reward(np.array([t]))[0] * size, -0.02, 0.02)
    np.testing.assert_allclose(found, w, rtol=1e-10)


def test_mstdpet_with_events_is_a_double_sum() -> None:
    """A reward counts all that spikes have left until then, that of its own step included."""
    found = run(bt.rules.Florian(rule="mstdpet", reward="events", tau_z=TAU_Z * ms, R=R * ms, **GIVEN), 0.5, linked=False)
    change = sum(GAMMA * R * size / TAU_Z * np.exp(-(at - t) / TAU_Z) for t, size in zeta() for at in REWARDS if at > t - 0.05)
    np.testing.assert_allclose(found, 0.5 + change, rtol=1e-10)
    assert abs(change) > 1e-4


def test_mstdpet_with_a_signal_is_the_integral() -> None:
    """Exact, because the reward is constant within steps: each step adds its reward times the eligibility of its middle."""
    found = run(bt.rules.Florian(rule="mstdpet", tau_z=TAU_Z * ms, **GIVEN), 0.5, linked=True)
    steps = np.arange(round(END * 10))
    middle, exact = np.zeros(len(steps)), 0.0
    for t, size in zeta():
        later = steps * 0.1 > t + 0.05
        middle[later] += size / TAU_Z * np.exp(-((steps[later] - 0.5) * 0.1 - t) / TAU_Z)
    start = np.concatenate([[0.0], reward(steps[:-1] * 0.1)])  # what the critic has set in the step before
    change = GAMMA * float((start * middle).sum()) * 0.1
    np.testing.assert_allclose(found, 0.5 + change, rtol=1e-10)
    edges = np.arange(len(SIGNAL) + 1) * 5.0  # ∫ r z dt in closed form in each bin
    for t, size in zeta():
        decay = np.exp(-np.maximum(edges - t, 0.0) / TAU_Z)
        exact += GAMMA * size * float((SIGNAL * (decay[:-1] - decay[1:])).sum())
    assert change == pytest.approx(exact, rel=0.05)


@pytest.mark.parametrize("options", [{"rule": "mstdp"}, {"rule": "mstdpet"}, {"rule": "mstdpet", "reward": "events"}])
def test_a_weight_may_have_a_unit(options: dict[str, str]) -> None:
    """Without numbers of one's own, what is measured like the weight has its unit."""
    linked = options.get("reward") != "events"
    plain = run(bt.rules.Florian(**options), np.array([5.0]), linked=linked)
    voltage = run(bt.rules.Florian(unit="mV", **options), np.array([5.0]) * mV, linked=linked, unit="mV")
    np.testing.assert_allclose(voltage, plain, rtol=1e-12)
    assert (plain != 5.0).all()


def test_rewards_as_events_need_an_eligibility() -> None:
    with pytest.raises(NetworkError, match="E401"):
        bt.rules.Florian(rule="mstdp", reward="events")


@pytest.mark.parametrize("name", bt.rules.Florian.sets)
def test_named_sets_are_models(name: str) -> None:
    rule = bt.rules.Florian(name)
    assert rule.parameters["gamma"] == (0.01 if name.endswith("MSTDP") else 0.25)
    assert (run(rule, np.array([5.0]), linked=True) != 5.0).all()
