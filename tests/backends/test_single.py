"""Single precision: four bytes a number, nothing calculated in double, and results that agree to its digits."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bouton as bt
from bouton.backends.numba_cpu import kernel_file
from bouton.backends.numba_cpu.emit import emit
from bouton.errors import SimulationError
from bouton.plan.passes.single import BELOW_ONE
from bouton.units import Hz, ms, second

CELL = bt.NeuronModel(
    """
    dv/dt = (g*(e - v) + drive*sin(t/(5*ms)) - v)/tau_m : 1 (unless refractory)
    dg/dt = -g/(4*ms) : 1
    dz/dt = 1/second + 0.1*xi/sqrt(ms) - z/(8*ms) : 1
    n : 1 (min=0, max=50)
    seen : 1
    """,
    threshold="rand() < chance",
    reset="v = 0.5*v - 0.1",
    refractory=1 * ms,
    every=(0.5 * ms, "n += poisson(0.3) - heaviside(v)*floor(2.5*rand()); seen = minimum(t - lastspike, 1*second)/second"),
    method={"v": "euler"},
    parameters={"e": 3.0, "drive": 0.5, "tau_m": 10 * ms, "chance": 0.02},
    name="cell",
)
EQUATIONS = """
w : 1
m : 1 (min=-1, max=1)
u : 1 (min=0)
dx/dt = -x/tau : 1
dy/dt = (0.1 - y)/(30*ms) : 1
da/dt = (b - a)/(3*ms) : 1
db/dt = -b/(9*ms) : 1
"""
PRE = [
    *("x += 1", "x = 1 - 0.2*x", "w = clip(w - 0.01*y, 0, 1)", "m = 0.9*m + 0.1*sign(w - 0.5)", "b += 1"),
    *("u = exp(-x) + rand()*sqrt(w)", "m += 0.01*randn()", "w = max(w - 0.001, 0)", "u = 0.5*u + m**2"),
]
POST = ["y += 1", "w = min(w + 0.01*x*(1 - w), 1)", "w = where(x > 0.5, w + 0.01*v_post, 0.99*w)", "m -= 0.01*z_post(t-dt)*x"]
EVERY = ["m += 0.001*a*v_post", "w = 0.999*w", "u += 0.01*abs(a - x)*dt/ms"]
VARIABLES = ("w", "m", "u", "x", "y", "a", "b")


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    """Rules and delays; spikes are drawn, so that they are the same in both precisions."""
    texts = {"on_pre": draw(st.lists(st.sampled_from(PRE), max_size=4, unique=True)), "on_post": [], "every": []}
    for block, choices in (("on_post", POST), ("every", EVERY)):
        texts[block] = draw(st.lists(st.sampled_from(choices), max_size=2, unique=True))
    return {
        **{block: "; ".join(text) for block, text in texts.items()},
        "interval": draw(st.sampled_from([bt.dt, 0.7 * ms])),
        "delays": draw(st.tuples(*[st.integers(0, 20)] * 3)),
        "hoist": draw(st.booleans()),
        "defer": draw(st.booleans()),
        "seed": draw(st.integers(0, 999)),
        "each": draw(st.booleans()),
    }


def build(case: dict[str, Any], precision: str) -> tuple[bt.Simulation, bt.Projection, bt.Population]:
    blocks: dict[str, Any] = {"on_pre": f"target += 0.1*w; {case['on_pre']}".rstrip("; ")}
    blocks |= {"on_post": case["on_post"]} if case["on_post"] else {}
    blocks |= {"every": (case["interval"], case["every"])} if case["every"] else {}
    tau = 12 * ms if not case["each"] else np.linspace(5, 15, 28) * ms
    rule = bt.SynapseModel(EQUATIONS, **blocks, parameters={"tau": 12 * ms}, name="rule")
    net = bt.Network()
    source = net.add(bt.Poisson(4, rate=150 * Hz))
    cells = net.add(bt.Population(7, CELL, v=bt.Uniform(0, 1), chance=np.linspace(0.005, 0.05, 7)))
    names = ("axonal_delay", "dendritic_delay", "backprop_delay")
    delays = {name: n * 0.1 * ms for name, n in zip(names, case["delays"], strict=True)}
    syn = net.connect(source, cells, rule, target="g", w=bt.Uniform(0, 1), u=bt.Uniform(0, 1), b=0.5, tau=tau, **delays)
    options = {option: case[option] for option in ("hoist", "defer", "seed")}
    return bt.Simulation(net, dt=0.1 * ms, precision=precision, **options), syn, cells


def state(sim: bt.Simulation, syn: bt.Projection, cells: bt.Population) -> dict[str, np.ndarray]:
    values = {name: getattr(sim[syn], name).magnitude for name in VARIABLES}
    return values | {name: getattr(sim[cells], name).magnitude for name in ("v", "g", "z", "n", "seen")}


def check_agreement(case: dict[str, Any]) -> None:
    found, spikes = [], []
    for precision in ("double", "single"):
        sim, syn, cells = build(case, precision)
        fired = sim.record_spikes(cells)
        sim.run(25 * ms)
        sim[syn].learning = False
        sim.run(5 * ms)
        sim[syn].learning = True
        sim[syn[:9]].x = 0.3
        sim[syn[:9]].x = 0.3  # no longer one value for the synapses of a neuron
        sim[syn].parameters.tau = 7 * ms
        sim.run(15 * ms)
        found.append(state(sim, syn, cells))
        spikes.append(fired.indices)
    np.testing.assert_array_equal(*spikes)
    for name, wanted in found[0].items():
        np.testing.assert_allclose(found[1][name], wanted, rtol=1e-4, atol=1e-5, err_msg=name)
        assert found[1][name].dtype == np.float64


def check_bits(case: dict[str, Any]) -> None:
    whole, again, split = (build(case, "single") for _ in range(3))
    for sim, *_ in (whole, again):
        sim.run(30 * ms)
    sim, syn, cells = split
    v = sim.record(cells, "v")
    sim.record(cells, "n", when="after:threshold")
    sim.run(11.3 * ms)
    u = sim.record(syn, "u", every=1 * ms)
    state(*split)
    sim.run(18.7 * ms)
    for name, wanted in state(*whole).items():
        np.testing.assert_array_equal(state(*again)[name], wanted)
        np.testing.assert_array_equal(state(*split)[name], wanted)
    np.testing.assert_array_equal(v.values.magnitude[-1], sim[cells].v.magnitude)
    np.testing.assert_array_equal(u.values.magnitude[-1], sim[syn].u.magnitude)


@settings(max_examples=1, derandomize=True, deadline=None)
@given(cases())
def test_a_few_rules(case: dict[str, Any]) -> None:
    check_agreement(case)
    check_bits(case)


@pytest.mark.slow
@settings(settings.get_profile("compiled"))
@given(cases())
def test_many_rules(case: dict[str, Any]) -> None:
    check_agreement(case)
    check_bits(case)


def test_what_is_added_up() -> None:
    rule = bt.SynapseModel(
        "w : 1\ndD/dt = -D/(20*ms) : 1\nda/dt = (b - a)/(3*ms) : 1\ndb/dt = -b/(9*ms) : 1",
        on_pre="target += w; w = clip(w + 0.01*D, 0, 1); b += 1",
        every=(bt.dt, "D += 0.1*a*v_post"),
    )
    found = []
    for precision in ("double", "single"):
        net = bt.Network()
        source, cells = net.add(bt.Poisson(6, 60 * Hz)), net.add(bt.Population(5, CELL, v=bt.Uniform(0, 1)))
        syn = net.connect(source, cells, rule, target="g", w=bt.Uniform(0, 1))
        sim = bt.Simulation(net, dt=0.1 * ms, precision=precision)
        sim.run(60 * ms)
        assert sim.plan.accumulated
        found.append([*sim[syn].D.magnitude, *sim[syn].w.magnitude, *sim[syn].a.magnitude])
        before = sim[syn].D.magnitude
        sim[syn].w = 0.5
        np.testing.assert_allclose(sim[syn].D.magnitude, before, rtol=1e-6)
    np.testing.assert_allclose(*found, rtol=1e-4, atol=1e-6)


WIDE = bt.SynapseModel(
    """
    w : 1 (min=0, max=top)
    dx/dt = -x/(20*ms) : 1
    dy/dt = (0.1 - y)/tau : 1
    """,
    on_pre="target += w*2; x += 1; w = clip(w - 0.01*y*exp(-x), 0, 1) + 0.1*sign(y - 0.5)*heaviside(x) - floor(3*x)/8",
    on_post="y += 1; w = where(x > 0.5 and v_post < 2, max(w, 0.2) + 0.01*x**1.5, w/3)",
    parameters={"top": 5.0, "tau": 20 * ms},
    name="wide",
)
STILL = bt.NeuronModel(
    "dv/dt = (1.5 + 0.1*cos(2*pi*v) - v)/(10*ms) : 1 (unless refractory)\ndg/dt = -g/(5*ms) : 1",
    threshold="v > 1 - 0.5*tanh(g)",
    reset="v = 0",
    refractory=2 * ms,
    method={"v": "euler"},
    name="still",
)


@pytest.mark.parametrize("options", [{}, {"hoist": False, "defer": False}])
def test_nothing_is_calculated_in_double(options: dict[str, Any]) -> None:
    """Only dt, which kernels are given, and what it is divided by once a call, is rounded."""
    net = bt.Network()
    source = net.add(bt.SpikeTimes(3, [1, 2] * ms, [0, 1]))
    cells = net.add(bt.Population(20, STILL))
    net.connect(source, cells, WIDE, target="g", tau=np.linspace(9, 12, 60) * ms)
    plan = bt.Simulation(net, dt=0.1 * ms, precision="single", **options).plan
    checked = 0
    for module in emit(plan).kernels:
        if module.function.startswith("emit_"):
            continue
        compiled = getattr(kernel_file._from_memory(module), module.function)
        instructions = re.findall(r"^ +(.*)$", compiled.inspect_llvm(), re.MULTILINE)
        wide = [line for line in instructions if "double" in line and f"{module.function}" not in line]
        once = [found[1] for line in wide if (found := re.fullmatch(r"(%\S+) = fdiv double %arg\.dt, \S+", line))]
        rounded = "|".join(map(re.escape, ["%arg.dt", *once]))
        left = [
            line
            for line in wide
            if not re.fullmatch(rf"%\S+ = (fdiv double %arg\.dt, \S+|fptrunc double ({rounded}) to float)", line)
        ]
        assert left == [], module.text
        checked += any("float" in line for line in instructions)
    assert checked >= 4


def test_bytes() -> None:
    net = bt.Network()
    cells = net.add(bt.Population(40, STILL, v=bt.Uniform(0, 1)))
    rule = bt.SynapseModel("w : 1\ndx/dt = -x/(9*ms) : 1", on_pre="target += w; x += 1", on_post="w = min(w + 0.01*x, 1)")
    net.connect(cells, cells, rule, target="g", pattern=bt.Bernoulli(0.5))
    sim = bt.Simulation(net, dt=0.1 * ms, precision="single")
    assert "6 bytes per synapse (w 4, :target 2)" in sim.explain()
    assert "single precision" in sim.explain()
    sim.run(20 * ms, profile=True)
    rows = {row.what: row.bytes_each for row in sim.profile().rows}
    assert rows["integrate_threshold_still"] == 4 * 5  # v and g read and written, the last spike read
    assert not len(sim.state.memory.arenas["state_f8"])


@pytest.mark.parametrize("size, width", [(2**15, 2), (2**15 + 1, 4)])
def test_targets_have_two_bytes_where_that_is_enough(size: int, width: int) -> None:
    """The last target is reached, by one thread and by two; who asks gets numbers to calculate with."""
    rule = bt.SynapseModel("w : 1", on_pre="target += w", on_post="w += 0.5", name="rule")
    for threads in (1, 2):
        net = bt.Network()
        source, cells = net.add(bt.SpikeTimes(1, [1, 2] * ms)), net.add(bt.Population(size, STILL))
        last = [0, size - 2, size - 1]
        synapses = net.connect(source, cells, rule, target="g", pattern=bt.Pairs([0, 0, 0], last), w=1.0)
        sim = bt.Simulation(net, dt=0.1 * ms, threads=threads)
        assert f":target {width}" in sim.explain()
        sim.run(1.1 * ms)
        assert np.flatnonzero(sim[cells].g.magnitude).tolist() == last
        assert sim[synapses].targets.dtype == np.int64
        assert sim[synapses].targets.tolist() == last


def test_time_is_rounded_only_at_last() -> None:
    """A thousand seconds on, a step of 0.1 ms is below what single precision tells apart."""
    cell = bt.NeuronModel(
        "ago : second\nlate : 1\nwave : 1",
        threshold="ago > 5.05*ms",
        every=(bt.dt, "ago = t - lastspike; late += where(t >= 1000*second + 2.3*ms, 1, 0); wave = (t - 1000*second)/ms"),
        name="cell",
    )
    found = []
    for precision in ("double", "single"):
        net = bt.Network()
        cells = net.add(bt.Population(1, cell))
        sim = bt.Simulation(net, dt=0.1 * ms, precision=precision)
        sim.step = 10_000_000
        sim.state.memory.view(("cell_1", ":last"))[:] = 9_999_990
        spikes = sim.record_spikes(cells)
        sim.run(20 * ms)
        found.append(([*spikes.steps, *sim[cells].late.magnitude], [*sim[cells].ago.magnitude, *sim[cells].wave.magnitude]))
    assert found[0][0] == found[1][0]
    np.testing.assert_allclose(found[1][1], found[0][1], rtol=1e-6)


def test_sources_spike_alike() -> None:
    found = []
    for precision in ("double", "single"):
        net = bt.Network()
        sources = [bt.Poisson(50, 123.4567 * Hz), bt.Poisson(50, rate="r*(1 + sin(t/(3*ms)))", parameters={"r": 77 * Hz})]
        sources.append(bt.Regular(5, [1.1, 1.3, 1.7, 1.9, 2.3] * ms))
        for source in sources:
            net.add(source)
        sim = bt.Simulation(net, dt=0.1 * ms, precision=precision)
        recorders = [sim.record_spikes(source) for source in sources]
        sim.run(300 * ms)
        found.append(np.concatenate([r.steps for r in recorders] + [r.indices for r in recorders]))
    np.testing.assert_array_equal(*found)


def test_draws_stay_below_one() -> None:
    assert np.float32(BELOW_ONE) < 1
    assert np.nextafter(np.float32(BELOW_ONE), np.float32(2)) == 1
    net = bt.Network()
    net.add(bt.Population(1, bt.NeuronModel("u : 1", every=(bt.dt, "u = rand()"), name="cell")))
    sim = bt.Simulation(net, dt=1 * ms, precision="single")
    assert f"single(minimum(rand[i - chunk], {BELOW_ONE!r}))" in sim.kernels["every_cell"]


@pytest.mark.parametrize(
    "options, said",
    [
        ({"precision": "singel"}, "'singel' is not a precision(?s:.*)did you mean 'single'"),
        ({"precision": "single", "backend": "reference"}, "the interpreter has no single precision"),
    ],
)
def test_refused(options: dict[str, str], said: str) -> None:
    with pytest.raises(SimulationError, match=said):
        bt.Simulation(bt.Network(), dt=1 * ms, **options)


@pytest.mark.parametrize(
    "on_post, warns",
    [
        ("w = clip(w + A*x, 0, top)", True),
        ("w = clip(w + 1e4*A*x, 0, top)", False),
        ("w += A*x - A*y", True),
        ("w = max(w - A, 0)", True),
        ("w += A*v_post", False),
        ("w = 0.99*w + A*x", False),
        ("w += A*(1 - w)", False),
        ("w = min(w + z, top)", True),
    ],
)
def test_lost_increments(on_post: str, warns: bool, recwarn: pytest.WarningsRecorder) -> None:
    equations = "w : 1\ndx/dt = -x/(9*ms) : 1\ndy/dt = -y/(9*ms) : 1\ndz/dt = -z/(9*ms) : 1"
    rule = bt.SynapseModel(
        equations, on_pre="x += 1; y += 1; z += A", on_post=on_post, parameters={"A": 1e-9, "top": 1.0}, name="rule"
    )
    net = bt.Network()
    cells = net.add(bt.Population(2, bt.NeuronModel("v : 1", threshold="v > 1")))
    net.connect(cells, cells, rule, w=0.9)
    for precision in ("double", "single"):
        sim = bt.Simulation(net, dt=1 * ms, precision=precision)
        if warns and precision == "single":
            with pytest.warns(RuntimeWarning, match=r"on_post: .* changes w by 1e-09 at most.* resolves (6e-08|1.2e-07) of"):
                sim.run(1 * ms)
        sim.run(1 * ms)
    assert not recwarn


@pytest.mark.parametrize("tau, warns", [(1, False), (10, False), (300, True)])
def test_slow_variables(tau: float, warns: bool, recwarn: pytest.WarningsRecorder) -> None:
    net = bt.Network()
    net.add(bt.Population(2, bt.NeuronModel("dv/dt = -v/tau : 1", parameters={"tau": tau * second}), v=1.0))
    sim = bt.Simulation(net, dt=0.1 * ms, precision="single")
    if warns:
        with pytest.warns(RuntimeWarning, match=r"dv/dt: v changes so little in a step.* by \d+\.\d%"):
            sim.run(1 * ms)
    sim.run(1 * ms)
    assert not recwarn
