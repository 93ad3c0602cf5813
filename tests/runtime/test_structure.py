"""Synapses that appear and go, against loops over neurons and steps that share no code with the library."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import bouton as bt
from bouton.errors import BoutonError, SimulationError
from bouton.units import ms

N, M = 6, 5
END = 60
"""Steps of 1 ms."""
rng = np.random.default_rng(4)
PRE = rng.random((END, N)) < 0.25
POST = rng.random((END, M)) < 0.25
W = rng.uniform(0.2, 1.0, (N, M))
BACKENDS: list[dict[str, Any]] = [{"backend": "reference"}, {"backend": "cpu"}, {"backend": "cpu", "threads": 2}]
CELL = bt.NeuronModel("received : 1\ndu/dt = -u/(5*ms) : 1\nwanted : 1", reset="u += 1", name="cell")
SOURCE = bt.NeuronModel("offered : 1", name="source")
EQUATIONS = "w : 1\ndx/dt = -x/(10*ms) : 1\ndy/dt = -y/(10*ms) : 1\na = w*gain : 1"
STDP = {"on_pre": "target += w; w -= 0.08*y; x += 1", "on_post": "w += 0.1*x; y += 1", "parameters": {"gain": 1.0}}


def spikes(raster: Any) -> bt.SpikeTimes:
    steps, neurons = np.nonzero(raster)
    return bt.SpikeTimes(raster.shape[1], steps * ms, neurons)


def made(model: bt.SynapseModel, pairs: Any, options: dict[str, Any], **given: Any) -> tuple[bt.Simulation, Any, Any, Any]:
    net = bt.Network()
    source = net.add(bt.Population(N, SOURCE, force_spikes=spikes(PRE), offered=np.arange(N)))
    cells = net.add(bt.Population(M, CELL, force_spikes=spikes(POST), wanted=np.arange(M)[::-1]))
    pattern = bt.Pairs(*np.nonzero(pairs))
    synapses = net.connect(source, cells, model, target="received", pattern=pattern, **given)
    return bt.Simulation(net, dt=1 * ms, seed=7, **options), source, cells, synapses


def weights(sim: bt.Simulation, synapses: Any, variable: str = "w") -> Any:
    """As a matrix, NaN where there is no synapse."""
    found = np.full((N, M), np.nan)
    found[sim[synapses].sources, sim[synapses].targets] = getattr(sim[synapses], variable).magnitude
    return found


def loop(there: Any, *, prune: float | None = None, create: Any = None, delay: int = 0) -> tuple[Any, Any]:
    """The rule above, step by step; what is pruned or created is decided at multiples of 10 steps."""
    w, x, y = np.where(there, W, np.nan), np.where(there, 0.0, np.nan), np.where(there, 0.0, np.nan)
    received = np.zeros(M)
    for step in range(END):
        if step and step % 10 == 0:
            if prune is not None:
                w[w < prune] = np.nan
            if create is not None:
                new = np.isnan(w) & create(step)
                w[new], x[new], y[new] = 0.5, 0.0, 0.0
        x, y = x * np.exp(-0.1), y * np.exp(-0.1)
        for i in np.flatnonzero(PRE[step - delay]) if step >= delay else ():
            received += np.nan_to_num(w[i])
            w[i] -= 0.08 * y[i]
            x[i] += 1
        for j in np.flatnonzero(POST[step]):
            w[:, j] += 0.1 * x[:, j]
            y[:, j] += 1
    return w, received


@pytest.mark.parametrize("options", BACKENDS, ids=str)
@pytest.mark.parametrize("delay", [0, 3])
def test_synapses_go(options: dict[str, Any], delay: int) -> None:
    model = bt.SynapseModel(EQUATIONS, prune=(10 * ms, "a < 0.3"), **STDP)
    everywhere = np.ones((N, M), dtype=bool)
    sim, _, cells, synapses = made(model, everywhere, options, w=W.ravel(), axonal_delay=delay * ms)
    sim.run(END * ms)
    w, received = loop(everywhere, prune=0.3, delay=delay)
    assert 5 < np.isnan(w).sum() < N * M - 5
    np.testing.assert_allclose(weights(sim, synapses), w, rtol=1e-12)
    np.testing.assert_allclose(sim[cells].received.magnitude, received, rtol=1e-12)


def wanted(step: int) -> Any:
    return (np.arange(N)[:, None] * 10 < step) & (np.arange(M)[::-1][None, :] >= 2)


@pytest.mark.parametrize("options", BACKENDS, ids=str)
@pytest.mark.parametrize("begin", ["none", "some"])
def test_synapses_appear(options: dict[str, Any], begin: str) -> None:
    """Their traces begin when they do, also where others of the neuron have some."""
    there = np.zeros((N, M), dtype=bool) if begin == "none" else W > 0.6
    model = bt.SynapseModel(
        EQUATIONS,
        create=(10 * ms, "offered_pre*10*ms < t and wanted_post >= least"),
        **{**STDP, "parameters": {"gain": 1.0, "least": 2}},
    )
    sim, _, cells, synapses = made(model, there, options, w=0.5)
    if begin == "some":
        sim[synapses].w = W[there]
    sim.run(END * ms)
    w, received = loop(there, create=wanted)
    assert (np.isnan(w) == ~(there | wanted(50))).all()
    np.testing.assert_allclose(weights(sim, synapses), w, rtol=1e-12)
    np.testing.assert_allclose(sim[cells].received.magnitude, received, rtol=1e-12)


BOTH = bt.SynapseModel(
    EQUATIONS, create=(10 * ms, "rand() < 0.2 and wanted_post > 0"), prune=(5 * ms, "w < 0.3 or rand() < 0.05"), **STDP
)


@pytest.mark.parametrize("options", BACKENDS[1:], ids=str)
def test_pieces_backends_threads_and_a_reset_change_nothing(options: dict[str, Any]) -> None:
    sim, _, cells, synapses = made(BOTH, W > 0.4, {"backend": "reference"}, w=bt.Uniform(0.2, 1.0), gain=bt.Uniform(1, 2))
    before = weights(sim, synapses), weights(sim, synapses, "a")
    sim.run(END * ms)
    meant = [weights(sim, synapses), weights(sim, synapses, "a"), sim[cells].received.magnitude, sim[synapses].ids]
    assert sim[synapses].ids.max() > (W > 0.4).sum()
    sim, _, cells, synapses = made(BOTH, W > 0.4, options, w=bt.Uniform(0.2, 1.0), gain=bt.Uniform(1, 2))
    for _ in range(2):
        for piece in (10, 5, 1, 24, END - 40):
            sim.run(piece * ms)
        found = [weights(sim, synapses), weights(sim, synapses, "a"), sim[cells].received.magnitude, sim[synapses].ids]
        for one, other in zip(found, meant, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-12)
        sim.reset()
        np.testing.assert_array_equal(weights(sim, synapses), before[0])
        np.testing.assert_array_equal(weights(sim, synapses, "a"), before[1])


def test_new_synapses_draw_what_they_begin_with() -> None:
    model = bt.SynapseModel("w : 1\nk : 1 (constant)", on_pre="target += w", create=(1 * ms, "rand() < 0.5"))
    sim, _, _, synapses = made(model, np.zeros((N, M), dtype=bool), {}, w=bt.Uniform(2, 3), k=bt.Normal(0, 1))
    sim.run(30 * ms)
    w, k = sim[synapses].w.magnitude, sim[synapses].k.magnitude
    assert len(w) == N * M
    assert ((w >= 2) & (w < 3)).all()
    assert len(np.unique(w)) == len(np.unique(k)) == N * M


@pytest.mark.parametrize("kind", ["create", "prune"])
def test_draws_have_the_probability_that_is_asked_for(kind: str) -> None:
    net = bt.Network()
    source, target = (net.add(bt.Population(120, bt.NeuronModel("v : 1"))) for _ in range(2))
    model = bt.SynapseModel("w : 1", on_pre="target += w", **{kind: (1 * ms, "rand() < 0.1 and randn() > 0")})
    pattern = bt.AllToAll() if kind == "prune" else bt.Pairs([], [])
    synapses = net.connect(source, target, model, target="v", pattern=pattern)
    sim = bt.Simulation(net, dt=1 * ms)
    sim.run(4 * ms)
    share = len(sim[synapses].w) / 120**2
    stays = 0.95**3
    assert abs(share - (stays if kind == "prune" else 1 - stays)) < 4 * np.sqrt(stays * (1 - stays)) / 120


def test_views_and_one_population_are_kept_to() -> None:
    net = bt.Network()
    cells = net.add(bt.Population(8, bt.NeuronModel("v : 1")))
    model = bt.SynapseModel("w : 1", on_pre="target += w", create=(1 * ms, "t > 0*ms"))
    synapses = net.connect(cells[:5], cells[3:], model, target="v", pattern=bt.Pairs([0], [0]))
    sim = bt.Simulation(net, dt=1 * ms)
    sim.run(2 * ms)
    pairs = set(zip(sim[synapses].sources.tolist(), sim[synapses].targets.tolist(), strict=True))
    assert pairs == {(i, j) for i in range(5) for j in range(3, 8) if i != j}


def test_with_learning_off_nothing_changes() -> None:
    sim, _, _, synapses = made(BOTH, W > 0.4, {}, w=0.5)
    sim[synapses].learning = False
    sim.run(30 * ms)
    assert len(sim[synapses].w) == (W > 0.4).sum()


def test_recordings_know_who_is_gone() -> None:
    model = bt.SynapseModel(
        "w : 1", on_pre="target += w; w -= 0.024", prune=(10 * ms, "w < 0.25"), create=(10 * ms, "offered_pre == 0")
    )
    sim, _, _, synapses = made(model, np.eye(N, M, dtype=bool), {}, w=0.5)
    trace, events = sim.record(synapses, "w", every=5 * ms), sim.record(synapses[1:4], "w", when="after")
    everything = sim.record(synapses, "w", when="after")
    sim.run(END * ms)
    values = trace.values.magnitude
    gone = np.isnan(values)
    assert 0 < gone[-1].sum() < M
    assert not gone[0].any()
    assert (np.diff(gone.astype(int), axis=0) >= 0).all()
    for number in range(M):
        asked = values[1:10:2, number]  # at 10, 20, … 50 ms
        assert gone[-1, number] == (asked < 0.25).any()
    assert set(events.synapses.tolist()) <= {1, 2, 3}
    assert set(everything.synapses.tolist()) > {0, 5, 6}
    assert sim[synapses].ids.tolist() == sorted(sim[synapses].ids.tolist())
    with pytest.raises(SimulationError, match="E506: 'w' would be kept"):
        sim.reset(keep=[(synapses, "w")])
    sim.reset()
    sim.run(10 * ms)
    assert not np.isnan(trace.values.magnitude[-2:]).any()


def test_degrees_are_summed() -> None:
    net = bt.Network()
    source = net.add(bt.Population(N, SOURCE))
    model = bt.SynapseModel(
        "w : 1\ndegree_post = 1 : 1 (summed)", on_pre="target += w", create=(2 * ms, "degree_post < 3 and rand() < 0.3")
    )
    cells = net.add(bt.Population(M, bt.NeuronModel("degree : 1\nv : 1")))
    joined = net.connect(source, cells, model, target="v", pattern=bt.Pairs([], []))
    sim = bt.Simulation(net, dt=1 * ms)
    for _ in range(30):
        sim.run(2 * ms)
        degree = np.bincount(sim[joined].targets, minlength=M)
        sim.run(1 * ms)
        np.testing.assert_array_equal(sim[cells].degree.magnitude, np.bincount(sim[joined].targets, minlength=M))
        assert (np.bincount(sim[joined].targets, minlength=M) >= degree).all()
    assert (degree >= 3).all()


# --- elements that find one another -----------------------------------------------------------------------


def matched(z_axonal: Any, z_dendritic: Any, *, one: bool = False, **options: Any) -> tuple[bt.Simulation, Any, Any, Any]:
    net = bt.Network()
    grown = bt.NeuronModel("z_axonal : 1\nz_dendritic : 1\nv : 1", name="grown")
    source = net.add(bt.Population(len(z_axonal), grown, z_axonal=z_axonal, **({"z_dendritic": z_dendritic} if one else {})))
    target = source if one else net.add(bt.Population(len(z_dendritic), grown, z_dendritic=z_dendritic))
    synapses = net.connect(
        source,
        target,
        bt.SynapseModel("w : 1", on_pre="target += w"),
        target="v",
        pattern=bt.Pairs([], []),
        structure=bt.Matching(1 * ms, **options),
    )
    return bt.Simulation(net, dt=1 * ms, seed=3), source, target, synapses


def degrees(sim: bt.Simulation, synapses: Any, sizes: tuple[int, int]) -> tuple[Any, Any]:
    return np.bincount(sim[synapses].sources, minlength=sizes[0]), np.bincount(sim[synapses].targets, minlength=sizes[1])


def test_elements_are_used_up_on_one_side() -> None:
    z_axonal, z_dendritic = np.array([0.9, 1.0, 2.7, 5.0, -1.0]), np.array([3.2, 0.0, 2.0])
    sim, _, _, synapses = matched(z_axonal, z_dendritic)
    sim.run(2 * ms)
    out, into = degrees(sim, synapses, (5, 3))
    np.testing.assert_array_equal(into, [3, 0, 2])
    assert (out <= [0, 1, 2, 5, 0]).all()


def test_elements_that_go_take_their_synapses_with_them() -> None:
    sim, source, target, synapses = matched(np.full(20, 4.0), np.full(10, 8.0))
    sim.run(2 * ms)
    assert len(sim[synapses].w) == 80
    sim[source].z_axonal = np.where(np.arange(20) < 10, 1.5, 4.0)
    sim.run(1 * ms)
    out, into = degrees(sim, synapses, (20, 10))
    np.testing.assert_array_equal(out, [1] * 10 + [4] * 10)
    sim[target].z_dendritic = 3.0
    sim.run(1 * ms)
    out, into = degrees(sim, synapses, (20, 10))
    np.testing.assert_array_equal(into, [3] * 10)
    assert (out <= [1] * 10 + [4] * 10).all()


def test_who_meets_whom_is_drawn() -> None:
    sim, _, _, synapses = matched(np.full(300, 1.0), np.full(3, 100.0))
    sim.run(2 * ms)
    of_first_half = np.bincount(sim[synapses].targets[sim[synapses].sources < 150], minlength=3)
    spread = np.sqrt(300 * 1 / 3 * 0.5 * 0.5 * 2 / 3 * 2)
    assert (np.abs(of_first_half - 50) < 4 * spread).all()
    assert not (of_first_half == 50).all()


@pytest.mark.parametrize("multapses", [True, False])
def test_self_connections_and_multapses(multapses: bool) -> None:
    sim, _, _, synapses = matched(np.full(12, 6.0), np.full(12, 6.0), one=True, multapses=multapses)
    sim.run(40 * ms)
    pairs = list(zip(sim[synapses].sources.tolist(), sim[synapses].targets.tolist(), strict=True))
    assert all(i != j for i, j in pairs)
    assert (len(set(pairs)) < len(pairs)) == multapses
    assert len(pairs) > 60


def test_activity_settles_where_elements_neither_grow_nor_go() -> None:
    """Butz & van Ooyen: with growth that is zero at a target, the network wires itself up to it."""
    net = bt.Network()
    cell = bt.NeuronModel(
        "rate = inputs : 1\ninputs : 1\ndz_axonal/dt = nu*(goal - rate) : 1\ndz_dendritic/dt = nu*(goal - rate) : 1",
        parameters={"nu": 0.02 / ms, "goal": 5.0},
        method="euler",
        name="cell",
    )
    cells = net.add(bt.Population(40, cell))
    model = bt.SynapseModel("inputs_post = 1 : 1 (summed)", name="grown")
    net.connect(cells, cells, model, pattern=bt.Pairs([], []), structure=bt.Matching(10 * ms))
    sim = bt.Simulation(net, dt=1 * ms, seed=2)
    sim.run(3000 * ms)
    inputs = sim[cells].inputs.magnitude
    assert 4.5 < inputs.mean() < 5.5
    assert inputs.std() < 1.0


# --- what waits, threads, and what stays --------------------------------------------------------------------


@pytest.mark.parametrize("condition", ["w < -1", "w < 0.9"])
def test_asking_changes_nothing_by_itself(condition: str) -> None:
    """Postsynaptic events wait here; whoever is asked is brought up to date, and goes on as if nobody had asked."""
    found = []
    for options in BACKENDS:
        net = bt.Network()
        source = net.add(bt.SpikeTimes(4, np.arange(100) * ms, np.arange(100) % 4))
        cell = bt.NeuronModel("dv/dt = (1.5 - v)/(5*ms) : 1", threshold="v > 1", reset="v = 0")
        cells = net.add(bt.Population(2, cell))
        model = bt.SynapseModel(
            "w : 1\ndx/dt = -x/(10*ms) : 1", on_pre="x += 1; target += 0*w", on_post="w += x", prune=(10 * ms, condition)
        )
        synapses = net.connect(source, cells, model, target="v")
        sim = bt.Simulation(net, dt=1 * ms, **options)
        assert options["backend"] == "reference" or "wait for the next presynaptic one" in sim.explain()
        for piece in (55, 45):
            sim.run(piece * ms)
            found.append(sim[synapses].w.magnitude)
    for one, other in zip(found[2:], found[:2] * 2, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12)


def test_any_number_of_threads_while_spikes_are_under_way() -> None:
    n, m, steps = 256, 20, np.arange(60)
    found = []
    for threads in (1, 2, 4):
        net = bt.Network()
        source = net.add(bt.SpikeTimes(m, np.repeat(steps, m) * ms, np.tile(np.arange(m), 60)))
        spikes_of_cells = bt.SpikeTimes(n, np.repeat(steps, n) * ms, np.tile(np.arange(n), 60))
        cells = net.add(bt.Population(n, bt.NeuronModel("i : 1\nv : 1"), i=np.arange(n), force_spikes=spikes_of_cells))
        model = bt.SynapseModel("w : 1", on_pre="target += w; w *= 0.5", on_post="w += 1", prune=(10 * ms, "i_post < 150"))
        synapses = net.connect(source, cells, model, target="v", backprop_delay=5 * ms)
        sim = bt.Simulation(net, dt=1 * ms, threads=threads)
        sim.run(14 * ms)
        found.append(sim[synapses].w.magnitude)
    assert np.unique(found[0]).tolist() == [1.99609375]
    np.testing.assert_array_equal(found[0], found[1])
    np.testing.assert_array_equal(found[0], found[2])


def test_what_was_set_stays_set() -> None:
    model = bt.SynapseModel("w : 1", on_pre="target += A*w", prune=(2 * ms, "w < 0.5"), parameters={"A": 1.0})
    sim, _, _, synapses = made(model, np.ones((N, M), dtype=bool), {}, w=bt.Uniform(0, 1))
    sim.run(5 * ms)
    assert len(sim[synapses].w) < N * M
    sim[synapses].parameters.A = 5.0
    sim.reset()
    assert len(sim[synapses].w) == N * M
    assert sim[synapses].parameters.A.magnitude == 5.0


def test_a_recorder_waits_for_synapses_that_are_not_there_yet() -> None:
    model = bt.SynapseModel("w : 1", on_pre="target += w", create=(1 * ms, "t > 3*ms"))
    sim, _, _, synapses = made(model, np.zeros((N, M), dtype=bool), {}, w=0.5)
    events = sim.record(synapses, "w", when="after")
    sim.run(20 * ms)
    assert len(events) == M * PRE[4:20].sum()


@pytest.mark.parametrize("value, found", [("1/(v - v)", "is inf"), ("log(v - 1)", "is nan"), ("1e12 + v", "is 1e\\+12")])
def test_elements_that_are_no_number_are_refused(value: str, found: str) -> None:
    net = bt.Network()
    cell = net.add(bt.Population(2, bt.NeuronModel(f"v : 1\nz = {value} : 1")))
    net.connect(cell, cell, bt.SynapseModel("w : 1"), pattern=bt.Pairs([], []), structure=bt.Matching(1 * ms, pre="z", post="z"))
    sim = bt.Simulation(net, dt=1 * ms)
    with pytest.raises(SimulationError, match=f"E602: 'z' of neuron 0 of .* {found}"):
        sim.run(3 * ms)


@pytest.mark.parametrize(
    "arguments, found",
    [
        ({"prune": (0 * ms, "w > 1")}, "E601: the interval of prune is 0 ms"),
        ({"prune": (0.15 * ms, "w > 1")}, "E601"),
        ({"prune": (1 * ms, "ago_post > 1")}, "E506: the condition prune= reads"),
        ({"create": (1 * ms, "driven_post > 1")}, "E506: the condition create= reads"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_anything_runs(arguments: dict[str, Any], found: str) -> None:
    net = bt.Network()
    course = bt.TimedArray([1.0, 2.0], dt=1 * ms)
    cell = net.add(bt.Population(2, bt.NeuronModel("v : 1\nago = v(t-dt) : 1\ndriven = I*2 : 1", parameters={"I": course})))
    net.connect(cell, cell, bt.SynapseModel("w : 1", **arguments))
    with pytest.raises(BoutonError, match=found):
        bt.Simulation(net, dt=0.1 * ms)
