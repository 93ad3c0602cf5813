"""Leaky integrate-and-fire against closed forms, and against a loop over steps where the threshold moves."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

import bouton as bt
from bouton.errors import NameError_, NetworkError
from bouton.units import Hz, ms, mV, nA, nS, pA, pF

Array = NDArray[np.float64]
DT, TAU = 0.1, 10.0


def simulated(model: bt.NeuronModel, count: int = 1, weight: Any = None, target: str = "v", **values: Any) -> tuple[Any, ...]:
    """A simulation of cells at rest, which a spike reaches in step 10."""
    net = bt.Network()
    cells = net.add(bt.Population(count, model, **bt.neurons.LIF.at_rest(model, **values)))
    if weight is not None:
        source = net.add(bt.SpikeTimes(1, [1.0] * ms))
        synapse = bt.SynapseModel(f"w : {weight.units}", on_pre="target += w")
        net.connect(source, cells, synapse, target=target, w=weight)
    return bt.Simulation(net, dt=DT * ms, backend="reference"), cells


def test_the_rate_at_constant_current_is_that_of_the_formula() -> None:
    """In steps: those of the refractory period, and as many as an exponential takes from the reset to above the threshold."""
    currents = np.array([370.0, 380.0, 500.0, 900.0, 3000.0])  # the rheobase is 375 pA
    sim, cells = simulated(bt.neurons.LIF(), 5, I_ext=currents * pA)
    spikes = sim.record_spikes(cells)
    sim.run(100 * ms)
    goal = -70 + currents / 25
    assert spikes.counts()[0] == 0
    for k in range(1, 5):
        free = np.floor(TAU * np.log((goal[k] + 70) / (goal[k] + 55)) / DT) + 1
        steps = np.asarray(spikes.steps)[np.asarray(spikes.indices) == k]
        assert steps[0] == free - 1
        assert set(np.diff(steps)) <= {free + 19}
        assert len(steps) == 1 + (999 - steps[0]) // (free + 19)


@pytest.mark.parametrize("tau", [0.5, 2.0, 9.0])
def test_shapes_of_postsynaptic_potentials(tau: float) -> None:
    t = np.arange(0, 300) * DT
    beta = 1 / tau - 1 / TAU
    meant = {
        "delta": 3.0 * np.exp(-t / TAU),
        "exponential": 40 / 250 / beta * (np.exp(-t / TAU) - np.exp(-t / tau)),
        "alpha": 40 * np.e / 250 / tau / beta**2 * (np.exp(-t / TAU) - np.exp(-t / tau) * (1 + beta * t)),
    }
    for kind, expected in meant.items():
        for name in ("v",) if kind == "delta" else ("exc", "inh"):
            model = bt.neurons.LIF(synapses=kind, **({} if kind == "delta" else {f"tau_{name}": tau * ms}))
            sim, cells = simulated(model, 1, 3 * mV if kind == "delta" else 40 * pA, name)
            v = sim.record(cells, "v")
            sim.run(31 * ms)
            found = v.values.to(mV).magnitude[10:310, 0] + 70  # the spike arrives at the end of step 10
            np.testing.assert_allclose(found, -expected if name == "inh" else expected, rtol=1e-9, atol=1e-11)


def test_the_peak_of_an_alpha_function_is_the_weight() -> None:
    for kind, weight, current in (("alpha", 40 * pA, "I_exc"), ("conductance_alpha", 4 * nS, "g_exc")):
        sim, cells = simulated(bt.neurons.LIF(synapses=kind, tau_exc=3 * ms), 1, weight, "exc")
        recorded = sim.record(cells, current)
        sim.run(12 * ms)
        values = recorded.values.to(weight.units).magnitude[:, 0]
        assert np.argmax(values) == 10 + 30
        np.testing.assert_allclose(values.max(), weight.magnitude, rtol=1e-12)


@pytest.mark.parametrize("kind", ["conductance_exponential", "conductance_alpha"])
def test_conductances_pull_towards_their_reversal_potentials(kind: str) -> None:
    model = bt.neurons.LIF(synapses=kind, V_th=0 * mV, tau_exc=3 * ms, tau_inh=6 * ms)
    start = {"exc": 40 * nS, "inh": 25 * nS}
    sim, cells = simulated(model, 1, **start)
    v = sim.record(cells, "v")
    sim.run(20 * ms)

    def slope(t: float, y: Array) -> Array:
        shape = [np.exp(-t / tau) * (1 if kind.endswith("exponential") else np.e * t / tau) for tau in (3.0, 6.0)]
        return (25 * (-70 - y) + 40 * shape[0] * (0 - y) + 25 * shape[1] * (-85 - y)) / 250

    meant = solve_ivp(slope, (0, 20), [-70.0], t_eval=np.arange(1, 201) * DT, rtol=1e-11, atol=1e-11).y[0]
    np.testing.assert_allclose(v.values.to(mV).magnitude[:, 0], meant, atol=2e-3)  # the scheme's second order, at 0.1 ms
    assert meant.max() > -60


def looped(current: float, *, adaptive: bool, eta: float, rho: float, steps: int) -> tuple[list[int], float, float]:
    v, theta, shift, last, spikes = -70.0, 0.0, 0.0, -100, list[int]()
    for step in range(steps):
        if step - last >= 20:
            v = -70 + current / 25 + (v + 70 - current / 25) * np.exp(-DT / TAU)
        theta *= np.exp(-DT / 30)
        shift -= eta * rho * DT * 1e-3
        if step - last >= 20 and v > -55 + theta * adaptive + shift:
            v, last = -70.0, step
            theta, shift = theta + 2, shift + eta
            spikes.append(step)
    return spikes, theta, shift


@pytest.mark.parametrize("adaptive, seeks", [(True, False), (False, True), (True, True)])
def test_a_threshold_that_moves(adaptive: bool, seeks: bool) -> None:
    eta, rho = 0.7 if seeks else 0.0, 40.0
    given: dict[str, Any] = {"threshold": "adaptive", "theta_plus": 2 * mV, "tau_theta": 30 * ms} if adaptive else {}
    given |= {"excitability": "threshold", "eta_threshold": eta * mV, "rho_0": rho * Hz} if seeks else {}
    sim, cells = simulated(bt.neurons.LIF(**given), I_ext=700 * pA)
    spikes = sim.record_spikes(cells)
    sim.run(200 * ms)
    meant, theta, shift = looped(700.0, adaptive=adaptive, eta=eta, rho=rho, steps=2000)
    assert list(spikes.steps) == meant
    assert len(meant) > 5
    for name, value in (("theta", theta),) * adaptive + (("shift", shift),) * seeks:
        np.testing.assert_allclose(getattr(sim[cells], name).to(mV).magnitude, value, rtol=1e-9)


@pytest.mark.parametrize("kind, variable, eta, unit", [("threshold", "shift", 1.5, mV), ("bias", "I_bias", -36.0, pA)])
def test_excitability_brings_the_rate_to_its_target(kind: str, variable: str, eta: float, unit: Any) -> None:
    """Each spike counts against the target, so that what has been learnt is η times the spikes in excess, to the end."""
    given = {f"eta_{kind}": abs(eta) * unit, "rho_0": 30 * Hz}
    sim, cells = simulated(bt.neurons.LIF(excitability=kind, **given), 3, I_ext=[300, 450, 900] * pA)
    spikes = sim.record_spikes(cells)
    sim.run(600 * ms)
    moved = getattr(sim[cells], variable).to(unit).magnitude
    np.testing.assert_allclose(moved, eta * (spikes.counts() - 18), atol=1e-9)
    early = spikes.counts()
    sim.run(300 * ms)
    np.testing.assert_allclose(spikes.counts() - early, 9, atol=1)  # at 30 Hz, from three currents


def test_published_numbers_are_theirs() -> None:
    """Brunel's neuron at 1.5 times its threshold, and the resting potential of benchmark 2 above its threshold."""
    model = bt.neurons.LIF("brunel2000")
    sim, cells = simulated(model, I_ext=30 * mV * 12.5 * nS)
    spikes = sim.record_spikes(cells)
    sim.run(120 * ms)
    interval = 20 * np.log((30 - 10) / (30 - 20)) + 2
    np.testing.assert_allclose(np.diff(spikes.steps) * DT, interval, atol=DT)
    sim, cells = simulated(bt.neurons.LIF("brette2007_cuba"), v=-60 * mV)
    spikes = sim.record_spikes(cells)
    sim.run(160 * ms)
    np.testing.assert_allclose(np.diff(spikes.steps) * DT, 20 * np.log(11 / 1) + 5, atol=DT)


def test_what_arrives_in_the_refractory_period() -> None:
    """Jumps of v are lost; currents are not, and go on."""
    strong = {"I_ext": 3 * nA}
    sim, cells = simulated(bt.neurons.LIF(t_ref=5 * ms), 1, 10 * mV, **strong)  # fires in step 13, reached in step 10
    sim.run(1.4 * ms)
    assert sim[cells].v.to(mV).magnitude == -70
    for kind, target, weight, variable in (("delta", "v", 10 * mV, "v"), ("exponential", "exc", 10 * pA, "exc")):
        net = bt.Network()
        model = bt.neurons.LIF(synapses=kind, t_ref=5 * ms)
        cell = net.add(bt.Population(1, model, force_spikes=bt.SpikeTimes(1, [0.5] * ms), **bt.neurons.LIF.at_rest(model)))
        synapse = bt.SynapseModel(f"w : {weight.units}", on_pre="target += w")
        net.connect(net.add(bt.SpikeTimes(1, [2.0] * ms)), cell, synapse, target=target, w=weight)
        sim = bt.Simulation(net, dt=DT * ms, backend="reference")
        sim.run(2.1 * ms)
        assert getattr(sim[cell], variable).to(weight.units).magnitude == (-70 if kind == "delta" else 10)


def test_negative_times_are_refused_wherever_they_are_given() -> None:
    """With a population or a projection, by a distribution, in a composition, and between runs."""
    cell, rule = bt.neurons.LIF(synapses="delta"), bt.rules.PairSTDP(unit="mV")
    both = rule & bt.rules.TsodyksMarkram()

    def begin(model: bt.SynapseModel, neuron: dict[str, Any], synapse: dict[str, Any]) -> None:
        net = bt.Network()
        cells = net.add(bt.Population(40, cell, **neuron))
        synapses = net.connect(cells, cells, model, target="v", w=0.1 * mV, **synapse)
        bt.Simulation(net, dt=0.1 * ms)[synapses].parameters.tau_minus = -5 * ms

    for model, neuron, synapse in (
        (rule, {"t_ref": -1 * ms}, {}),
        (rule, {"t_ref": bt.Uniform(-1 * ms, 5 * ms)}, {}),
        (rule, {}, {"tau_plus": -20 * ms}),
        (rule, {}, {"tau_plus": bt.TimedArray([20, -20] * ms, dt=5 * ms)}),
        (both, {}, {f"{rule.name}_tau_plus": -20 * ms}),
        (rule, {}, {}),
    ):
        with pytest.raises(NetworkError, match=r"E401: '\w*(t_ref|tau_\w+)' is given a negative time(.|\n)*at least 0"):
            begin(model, neuron, synapse)


def test_what_there_is_not_is_refused() -> None:
    with pytest.raises(NetworkError, match=r"E401.*synapses is 'delta_'(.|\n)*bt\.neurons\.LIF(.|\n)*delta"):
        bt.neurons.LIF(synapses="delta_")
    for value in (-2 * ms, [1, -2] * ms):
        with pytest.raises(
            NetworkError, match=r"E401: t_ref is (.|\n)*bt.neurons.LIF(.|\n)*a time of at least 0 \(refractory period\)"
        ):
            bt.neurons.LIF(t_ref=value)
    assert bt.neurons.LIF(E_L=-90 * mV).parameters["E_L"] == -90 * mV  # outside of what is sensible to try, and no time
    with pytest.raises(NetworkError, match=r"E401: tau_plus is -20 ms(.|\n)*try: tau_plus=20\*ms"):
        bt.rules.PairSTDP(tau_plus=-20 * ms)
    assert bt.rules.Florian(rule="mstdpet", reward="events", R=-1 * ms).parameters["R"] == -1 * ms  # a punishment
    with pytest.raises(NameError_, match=r"E206.*'tau' is neither a parameter nor an option"):
        bt.neurons.LIF(tau=3 * ms)
    with pytest.raises(NameError_, match=r"E206.*this variant has no parameter 'tau_exc'(.|\n)*synapses='delta'"):
        bt.neurons.LIF(tau_exc=3 * ms)
    with pytest.raises(NameError_, match=r"E206.*no set of parameters 'brunel2001'(.|\n)*brunel2000"):
        bt.neurons.LIF("brunel2001")
    with pytest.raises(AttributeError, match=r"bouton has no neuron 'Lif'"):
        bt.neurons.Lif  # noqa: B018  (it is the look-up that is tested)
    assert bt.neurons.LIF(C=100 * pF, name="cell").name == "cell"
