"""The compiled backend gives what the interpreter gives: the same spikes, values to 1e-12, on every construct."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import bouton as bt
from bouton.units import Hz, ms, mV, nS, pA, pF, second

Build = Callable[[int], tuple[bt.Network, dict[str, Any], tuple[str, ...] | None]]

LIF = bt.NeuronModel(
    """
    dv/dt = (E_L - v + g*(E_e - v)) / tau_m : mV (unless refractory)
    dg/dt = -g / tau_e : 1
    """,
    threshold="v > V_t",
    reset="v = V_r",
    refractory=2 * ms,
    parameters={"E_L": -74 * mV, "E_e": 0 * mV, "V_t": -54 * mV, "V_r": -60 * mV, "tau_m": 10 * ms, "tau_e": 5 * ms},
    name="lif",
)
STDP = bt.SynapseModel(
    """
    w : 1
    dx/dt = -x / tau_plus  : 1
    dy/dt = -y / tau_minus : 1
    """,
    on_pre="target += w; x += A_plus; w = clip(w - y, 0, w_max)",
    on_post="y += A_minus; w = clip(w + x, 0, w_max)",
    parameters={"tau_plus": 20 * ms, "tau_minus": 20 * ms, "A_plus": 0.01, "A_minus": 0.0105, "w_max": 1.0},
    name="stdp",
)


def poisson_to_lif(seed: int) -> tuple[bt.Network, dict[str, Any], None]:
    """Conductances (exponential Euler), refractoriness, STDP, random connectivity and heterogeneous delays."""
    net = bt.Network()
    source = net.add(bt.Poisson(60, rate=bt.TimedArray([60, 10, 90] * Hz, dt=30 * ms)))
    cells = net.add(bt.Population(20, LIF, v=bt.Uniform(-74 * mV, -54 * mV)))
    plastic = net.connect(
        source, cells, STDP, target="g", pattern=bt.Bernoulli(0.5), w=bt.Uniform(0, 0.3),
        axonal_delay=bt.Uniform(0 * ms, 3 * ms), backprop_delay=0.5 * ms, dendritic_delay=bt.Uniform(0 * ms, 1 * ms),
    )  # fmt: skip
    net.connect(cells, cells, STDP, target="g", pattern=bt.FixedInDegree(3, self_connections=False), w=0.2)
    return net, {"w": plastic, "v": cells}, None


def coupled_linear_with_noise(seed: int) -> tuple[bt.Network, dict[str, Any], None]:
    """Matrix exponentials with a frozen variable, per-neuron parameters, exact noise, drawn thresholds."""
    model = bt.NeuronModel(
        """
        dv/dt = (E - v)/tau_m + (i - a)/C : mV (unless refractory)
        di/dt = -i/tau_s + sigma*xi : pA
        da/dt = (b*(v - E) - a)/tau_a : pA
        tau_m : ms (constant)
        rate = exp((v - V_t)/(2*mV)) : 1
        """,
        threshold="rand() < rate*dt/ms",
        reset="v = E; a += 20*pA",
        refractory="tau_ref",
        parameters={
            "E": -60 * mV, "tau_s": 5 * ms, "tau_a": 30 * ms, "b": 2 * nS, "C": 200 * pF, "V_t": -50 * mV,
            "sigma": 300 * pA / second**0.5, "tau_ref": np.arange(10, 22) * 0.1 * ms,
        },
        name="noisy",
    )  # fmt: skip
    net = bt.Network()
    cells = net.add(bt.Population(12, model, v=-55 * mV, i=200 * pA, tau_m=np.linspace(5, 20, 12) * ms))
    kick = bt.SynapseModel("w : pA", on_pre="i_post += w*binomial(3, 0.5) + poisson(0.2)*pA + randn()*pA", name="kick")
    syn = net.connect(cells, cells, kick, pattern=bt.Bernoulli(0.4), w=50 * pA, axonal_delay=0.3 * ms)
    return net, {"w": syn, "v": cells}, None


def nonlinear_rk4(seed: int) -> tuple[bt.Network, dict[str, Any], None]:
    """Nonlinear equations beside exact ones, sub-expressions, bounds, past values, regular blocks, crossings."""
    model = bt.NeuronModel(
        """
        dv/dt = (0.04*v**2/mV + 5*v + 140*mV - u + drive*mV)/ms : mV
        du/dt = a*(b*v - u) : mV
        df/dt = (v - f)/(8*ms) : mV (min=-80*mV, max=-40*mV)
        drive = 6 + 4*sin(2*pi*t/(50*ms)) + gain*I(t) : 1
        peaks : 1
        up = where(v > -40*mV and v(t-dt) <= -40*mV, 1, 0) : 1
        """,
        threshold="v >= 30*mV",
        reset="v = c; u += d",
        method={"v": "rk4", "u": "rk4"},
        every=[(bt.dt, "peaks += up"), (5 * ms, "gain_now = peaks*0.001; peaks = peaks - gain_now")],
        parameters={
            "a": 0.02 / ms, "b": 0.2, "c": -65 * mV, "d": 8 * mV, "gain": 2.0,
            "I": bt.TimedArray(np.linspace(0, 3, 40).reshape(10, 4), dt=10 * ms),
        },
        name="izhikevich",
    )  # fmt: skip
    net = bt.Network()
    cells = net.add(bt.Population(4, model, v=-65 * mV, u=-13 * mV, f=-65 * mV))
    voltage = bt.SynapseModel(
        "w : 1 (min=0, max=3)\ndm/dt = (f_post - m)/(15*ms) : mV",
        on_pre={"grow": "w += 0.1*heaviside((m - f_pre)/mV)", "main": "old = v_post(t-2*ms); v_post += w*(1*mV + 0.01*abs(old))"},
        every=(2 * ms, "w *= 0.999"),
        name="voltage",
    )
    syn = net.connect(cells, cells, voltage, pattern=bt.AllToAll(self_connections=False), w=0.5, dendritic_delay=1.5 * ms)
    return net, {"w": syn, "v": cells}, None


def sums_links_and_events(seed: int) -> tuple[bt.Network, dict[str, Any], None]:
    """Summed variables, links, third events, shared variables, multapses, weighted and regular sources, views."""
    dopamine = bt.NeuronModel("dd/dt = -d/(50*ms) : 1", name="dopamine")
    cell = bt.NeuronModel(
        """
        dv/dt = (-v + 0.1*L*mV)/(10*ms) : mV
        L : 1
        """,
        threshold="v > 1*mV", reset="v = 0*mV", name="cell",
    )  # fmt: skip
    rule = bt.SynapseModel(
        """
        w : 1
        d : 1 (linked)
        dc/dt = -c/(40*ms) : 1
        ds/dt = (1 - s)/(30*ms) : 1 (shared)
        L_post = w*d : 1 (summed)
        """,
        on_pre="c += 0.5*spike_weight; v_post += w*0.4*mV",
        on_post="c -= 0.1; w = clip(w + 0.01*c*s, 0, 2)",
        on_event={"reward": "w += 0.05*c*d"},
        delays={"reward": 2 * ms},
        name="reward",
    )
    net = bt.Network()
    rng = np.random.default_rng(seed)
    steps = np.sort(rng.integers(0, 900, 500))
    source = net.add(bt.SpikeTimes(10, steps * 0.1 * ms, rng.integers(0, 10, 500), weights=rng.random(500)))
    vta = net.add(bt.Population(1, dopamine, d=0.5))
    clock = net.add(bt.Regular(1, period=7.3 * ms, start=1.05 * ms))
    cells = net.add(bt.Population(6, cell))
    pump = bt.SynapseModel("", on_pre="d_post += 0.4", name="pump")
    net.connect(clock, vta, pump)
    syn = net.connect(
        source[:8], cells[1:], rule, pattern=bt.Pairs([0, 1, 2, 3, 3, 7, 1], [0, 0, 1, 2, 2, 4, 3]), w=1.0,
        link={"d": vta}, events={"reward": clock},
    )  # fmt: skip
    return net, {"w": syn, "v": cells}, None


def own_step_order(seed: int) -> tuple[bt.Network, dict[str, Any], tuple[str, ...]]:
    """A step order with named blocks, Euler, forced spikes, multiplication and assignment of neurons' variables."""
    model = bt.NeuronModel(
        "dv/dt = (1 - v)/(10*ms) : 1\ng : 1\nh : 1",
        threshold="v > 2",
        reset="v = 0",
        method="euler",
        refractory=1 * ms,
        name="plain",
    )
    rule = bt.SynapseModel(
        "w : 1\ndx/dt = -x/(20*ms) : 1",
        on_pre={"trace": "x += 1", "main": "v_post += 0.3*w; g_post *= 1.01; h_post = x; w = minimum(w + 0.01*x(t-dt), 2)"},
        on_post={"depress": "w -= 0.05*x"},
        method="euler",
        name="ordered",
    )
    net = bt.Network()
    source = net.add(bt.Poisson(8, rate="(50 + 40*sin(2*pi*t/period))*Hz", parameters={"period": 20 * ms}))
    cells = net.add(bt.Population(5, model, g=1.0))
    forced = net.add(bt.Population(5, model, force_spikes=bt.SpikeTimes(5, [1, 2, 2, 3] * ms, [0, 1, 4, 2])))
    syn = net.connect(source, cells, rule, w=0.5)
    kick = bt.SynapseModel("w : 1", on_pre={"main": "v_post += w"}, name="kick")
    net.connect(forced, cells, kick, w=0.1, pattern=bt.OneToOne(), axonal_delay=0.1 * ms)
    return net, {"w": syn, "v": cells}, ("threshold", "reset", "trace", "depress", "on_pre", "on_post", "integrate")


NETWORKS = [poisson_to_lif, coupled_linear_with_noise, nonlinear_rk4, sums_links_and_events, own_step_order]


def simulate(build: Any, backend: str, seed: int, splits: tuple[int, ...] = (1000,)) -> dict[str, np.ndarray]:
    net, watched, order = build(seed)
    options = {} if order is None else {"step_order": order}
    sim = bt.Simulation(net, dt=0.1 * ms, seed=seed, backend=backend, **options)
    spikes = {p.name: sim.record_spikes(p) for p in net.populations}
    traces = {name: sim.record(thing, name, every=0.7 * ms) for name, thing in watched.items()}
    events = sim.record(watched["w"], "w", when="transmitted")
    for steps in splits:
        sim.run(steps * 0.1 * ms)
    found = {f"spikes of {n}": np.stack([r.steps, r.indices]) for n, r in spikes.items()}
    found |= {f"trace of {n}": np.asarray(r) for n, r in traces.items()}
    found |= {"events": events.steps, "event synapses": events.synapses, "transmitted": events.values.magnitude}
    for facts in sim.facts.objects:
        owner = getattr(facts, "projection", None) or facts.population
        for name, symbol in facts.scope.symbols.items():
            if symbol.kind in {"ode", "variable"}:
                found[f"{facts.name}.{name}"] = getattr(sim[owner], name).magnitude
    return found


@pytest.mark.parametrize("build", NETWORKS, ids=lambda b: b.__name__)
def test_compiled_equals_interpreted(build: Any) -> None:
    compiled, interpreted = simulate(build, "cpu", 3), simulate(build, "reference", 3)
    assert compiled.keys() == interpreted.keys()
    assert any(v.size for k, v in compiled.items() if k.startswith("spikes of"))
    for name, expected in interpreted.items():
        if name.startswith(("spikes", "event")):
            np.testing.assert_array_equal(compiled[name], expected, err_msg=name)
        else:
            np.testing.assert_allclose(
                compiled[name], expected, rtol=1e-12, atol=1e-12 * np.abs(expected).max(initial=0), err_msg=name
            )


@pytest.mark.parametrize("build", NETWORKS, ids=lambda b: b.__name__)
def test_split_run_equals_one_run_bit_for_bit(build: Any) -> None:
    one, split = simulate(build, "cpu", 5), simulate(build, "cpu", 5, splits=(1, 333, 7, 659))
    for name, expected in one.items():
        np.testing.assert_array_equal(split[name], expected, err_msg=name)


@pytest.mark.parametrize("build", NETWORKS, ids=lambda b: b.__name__)
def test_seed_matters_and_only_it(build: Any) -> None:
    first, again = simulate(build, "cpu", 7), simulate(build, "cpu", 7)
    for name, expected in first.items():
        np.testing.assert_array_equal(again[name], expected, err_msg=name)
