"""The same bits for any number of threads."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import threading
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bouton as bt
from bouton.backends.numba_cpu.early import early
from bouton.errors import SimulationError
from bouton.units import Hz, ms

CELL = bt.NeuronModel(
    """
    dv/dt = (drive + s - v)/(10*ms) + 0.5*xi*ms**-0.5 : 1 (unless refractory)
    dc/dt = -c/(30*ms) : 1
    dg/dt = -g/(5*ms) : 1
    s : 1
    d : 1 (linked)
    """,
    threshold="v > 1 and rand() < 0.9",
    reset="v = 0; c += 1",
    refractory=0.5 * ms,
    every=(bt.dt, "v += 0.01*g + 0.001*d*poisson(0.3)"),
    parameters={"drive": 1.1},
    name="cell",
)
CHEMICAL = bt.NeuronModel("dd/dt = -d/(40*ms) : 1", name="chemical")
ONTO_CELLS: dict[str, dict[str, Any]] = {
    "static": {"on_pre": "g_post += 0.05"},
    "weighted": {"on_pre": "g_post += 0.1*spike_weight"},
    "stdp": {"on_pre": "g_post += w; x += 1; w = clip(w - 0.01*y, 0, 1)", "on_post": "y += 1; w = clip(w + 0.02*x, 0, 1)"},
    "draws": {"on_pre": "g_post += w*rand(); x += 1", "on_post": "w += 0.01*x*randn()"},
    "added up": {"every": (bt.dt, "m += 0.01*x*v_post(t-dt)"), "on_pre": "x += 1; g_post += m"},
    "third event": {"on_event": {"reward": "w += 0.1*x; m = d"}, "on_pre": "x += 1; g_post += w"},
    "own delay": {"on_pre": {"late": "w += 0.01*v_post", "main": "g_post += w"}, "delays": {"late": 1.3 * ms}},
}
"""What any source may drive."""
AMONG_CELLS: dict[str, dict[str, Any]] = {
    "to the source": {"on_pre": "g_pre += 0.01*w; x += 1", "on_post": "g_pre += 0.02*w*v_pre; c_post += 0.01"},
    "of the source": {
        "on_pre": "g_post += w*(1 + v_pre)",
        "on_post": "w += 0.01*v_pre*where(lastspike_pre > 5*ms, 1, 0.5)",
    },
    "every": {"every": (0.3 * ms, "w += 0.001*(v_post - v_pre)"), "on_pre": "g_post += w"},
    "summed": {"equations": "s_post = 0.01*w*c_pre : 1 (summed)", "on_pre": "w += 0.01*s_post"},
    "summed back": {"equations": "s_pre = 0.01*w*c_post : 1 (summed)", "on_pre": "g_post += w"},
}
"""What reads or writes variables of its source."""
EQUATIONS = "w : 1\nm : 1\nd : 1 (linked)\ndx/dt = -x/(15*ms) : 1\ndy/dt = -y/(25*ms) : 1\n"
VARIABLES = ("w", "m", "x", "y")
THREADS = (2, 3, 8)


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    """A rule from a source and one among cells, the pattern of delays, what is recorded."""
    source = draw(st.sampled_from(["poisson", "times", "rate"]))
    return {
        "source": source,
        "first": draw(st.sampled_from([n for n in ONTO_CELLS if n != "weighted" or source == "times"])),
        "second": draw(st.sampled_from([*(n for n in ONTO_CELLS if n != "weighted"), *AMONG_CELLS])),
        "delays": draw(st.sampled_from(["none", "one", "many"])),
        "view": draw(st.sampled_from([None, (0, 40), (90, 130), (50, 80)])),
        "logged": draw(st.sampled_from([None, "before", "transmitted", "after"])),
        "defer": draw(st.booleans()),
        "precision": draw(st.sampled_from(["double", "single"])),
        "seed": draw(st.integers(0, 999)),
    }


def source_of(case: dict[str, Any], rng: np.random.Generator) -> Any:
    if case["source"] == "poisson":
        return bt.Poisson(50, 60 * Hz)
    if case["source"] == "rate":
        return bt.Poisson(50, "40*Hz*(1 + sin(t/(10*ms)))")
    times = np.sort(rng.permutation(np.arange(1, 400))[:200]) * 0.1 * ms
    return bt.SpikeTimes(50, times, rng.integers(0, 50, 200), weights=rng.random(200))


def delays_of(case: dict[str, Any], rng: np.random.Generator, n: int) -> dict[str, Any]:
    if case["delays"] == "one":
        return {"axonal_delay": 0.4 * ms, "dendritic_delay": 0.2 * ms}
    names = ("axonal_delay", "dendritic_delay", "backprop_delay") if case["delays"] == "many" else ()
    return {name: rng.integers(0, 12, n) * 0.1 * ms for name in names}


def build(case: dict[str, Any], threads: int) -> tuple[bt.Simulation, list[bt.Projection], bt.Population]:
    rng = np.random.default_rng(case["seed"])
    net = bt.Network()
    source = net.add(source_of(case, rng))
    chemical = net.add(bt.Population(1, CHEMICAL, d=1.0))
    reward = net.add(bt.Regular(1, period=7 * ms))
    cells = net.add(bt.Population(130, CELL, v=bt.Uniform(0, 1), link={"d": chemical}))
    projections = []
    view = cells[slice(*case.get("view") or (0, 130))]
    for pre, name in ((source, case["first"]), (view if case.get("view") else cells, case["second"])):
        blocks = dict((ONTO_CELLS | AMONG_CELLS)[name])
        rule = bt.SynapseModel(EQUATIONS + blocks.pop("equations", ""), **blocks, name=name.replace(" ", "_"))
        n = 900
        pairs = bt.Pairs(rng.integers(0, len(pre), n), rng.integers(0, len(cells), n))
        values = {"w": bt.Uniform(0, 0.2), "link": {"d": chemical}, **delays_of(case, rng, n)}
        values |= {"events": {"reward": reward}} if "on_event" in blocks else {}
        projections.append(net.connect(pre, cells, rule, pattern=pairs, **values))
    options = {name: case[name] for name in ("seed", "defer", "precision") if name in case}
    return bt.Simulation(net, dt=0.1 * ms, threads=threads, **options), projections, cells


def run(case: dict[str, Any], threads: int) -> tuple[dict[str, Any], bt.Simulation]:
    sim, projections, cells = build(case, threads)
    spikes, rate, trace = sim.record_spikes(cells), sim.record_rate(cells), sim.record(cells, "g", every=0.7 * ms)
    start = sim.record(cells[5:100], "v", when="start", every=1.1 * ms)
    logs = [] if case["logged"] is None else [sim.record(p, "w", when=case["logged"]) for p in projections]
    sim.run(13 * ms)
    sim[projections[0]].w = 0.1
    sim[projections[0]].x = np.linspace(0, 1, 900)
    sim.run(9.1 * ms)
    sim.reset(keep=[(projections[1], "w")])
    sim.run(3 * ms)
    found = {"spikes": np.stack([spikes.steps, spikes.indices]), "rate": rate.counts}
    found |= {"g": trace.values.magnitude, "v at start": start.values.magnitude}
    found |= {f"{v} {n}": getattr(sim[p], v).magnitude for n, p in enumerate(projections) for v in VARIABLES}
    found |= {v: getattr(sim[cells], v).magnitude for v in "vcgs"}
    for number, log in enumerate(logs):
        found[f"log {number}"] = np.array([log.steps, log.synapses, log.values.magnitude])
    return found, sim


def agree(case: dict[str, Any]) -> None:
    expected, _ = run(case, 1)
    for threads in THREADS:
        found, sim = run(case, threads)
        assert sim.plan.parts == threads
        for name, values in expected.items():
            np.testing.assert_array_equal(found[name], values, err_msg=f"{name} with {threads} threads")


@settings(max_examples=1, derandomize=True, deadline=None)
@given(case=cases())
def test_any_number_of_threads(case: dict[str, Any]) -> None:
    agree(case)


@pytest.mark.slow
@settings(settings.get_profile("compiled"))
@given(case=cases())
def test_any_number_of_threads_in_many_cases(case: dict[str, Any]) -> None:
    agree(case)


CASE = {
    "source": "poisson",
    "first": "stdp",
    "second": "to the source",
    "delays": "one",
    "logged": None,
    "defer": True,
    "seed": 3,
}


def test_profile_of_threads() -> None:
    sim, _, _ = build(CASE, 2)
    sim.run(3 * ms, profile=True)
    assert "threshold_cell" in str(sim.profile())


def test_what_comes_before_letters_are_read() -> None:
    """Spikes of earlier steps, and those of a thread's own neurons that nothing of another thread has to go before."""
    found = []
    for threads in (1, 2, 3):
        net = bt.Network()
        cells = net.add(bt.Population(300, CELL, v=bt.Uniform(0, 1), link={"d": net.add(bt.Population(1, CHEMICAL, d=1.0))}))
        low, high = cells[:190], cells[220:]
        static = bt.SynapseModel("", on_pre="target += 0.02", name="static")
        for pre, target, delay in ((low, "g", 0), (high, "c", 0), (cells, "c", 0), (cells, "g", 0.3), (high, "g", 0)):
            net.connect(pre, cells, static, target=target, pattern=bt.FixedInDegree(20), axonal_delay=delay * ms)
        sim = bt.Simulation(net, dt=0.1 * ms, seed=2, threads=threads)
        sim.run(25 * ms)
        found.append(np.stack([sim[cells].g.magnitude, sim[cells].c.magnitude]))
        if threads == 1:
            continue
        merges, memory = {merge.population: merge for merge in sim.plan.merges}, sim.state.memory
        calls = [call for _, call in sim.plan.calls() if call.pathway is not None and call.owner != "static_4"]
        assert all(call.ahead for call in calls)
        parts = [early(calls, merges, memory, part, memory.addresses(part)) for part in range(threads)]
        assert [[call.owner for call in part] for part in parts] == {
            2: [["static_1"], ["static_2"]],  # the third adds to what the second has to add to before
            3: [["static_1"], [], ["static_2"]],
        }[threads]
    np.testing.assert_array_equal(found[1], found[0])
    np.testing.assert_array_equal(found[2], found[0])


def test_the_first_thread_alone_writes_to_sources() -> None:
    sim, _, _ = build(CASE, 2)
    whole = {call.kernel.name: call.whole for _, call in sim.plan.calls()}
    assert whole["on_pre_to_the_source"]
    assert not whole["integrate_every_threshold_cell"]
    sim, _, _ = build({**CASE, "second": "stdp"}, 2)
    assert not any(call.whole for _, call in sim.plan.calls() if call.pathway is not None)
    flags = {call.kernel.name: call.ahead for _, call in sim.plan.calls()}
    assert flags["on_pre_stdp"]
    assert not flags["notice_full"]  # reads what another thread may be writing until letters are read
    assert [call.kernel.name for _, call in sim.plan.calls() if call.waits] == ["integrate_every_threshold_cell"]  # reads d


@pytest.mark.parametrize("threads", [0, -1, 1.5, True, "two", 10**6])
def test_numbers_of_threads_that_make_no_sense(threads: Any) -> None:
    net = bt.Network()
    net.add(bt.Poisson(3, 5 * Hz))
    with pytest.raises(SimulationError, match=r"E401: .* threads"):
        bt.Simulation(net, dt=0.1 * ms, threads=threads)


def test_threads_that_the_system_does_not_give(monkeypatch: pytest.MonkeyPatch) -> None:
    """None that has begun waits for them."""
    sim, _, _ = build(CASE, 4)
    start, given = threading.Thread.start, []

    def stingy(thread: threading.Thread) -> None:
        given.append(thread)
        if len(given) > 2:
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", stingy)
    with pytest.raises(SimulationError, match=r"E605: the system does not give 4 threads(.|\n)*fewer threads"):
        sim.run(1 * ms)
    monkeypatch.undo()
    for thread in given[:2]:
        thread.join(5)
        assert not thread.is_alive()
    sim.run(1 * ms)


FORKED = """
import os
import bouton as bt
from bouton.units import ms
net = bt.Network()
net.add(bt.Population(100, bt.NeuronModel("dv/dt = (2 - v)/(5*ms) : 1", threshold="v > 1", reset="v = 0")))
sim = bt.Simulation(net, dt=0.1 * ms, threads=2)
sim.run(1 * ms)
child = os.fork()
sim.run(1 * ms)
if child == 0:
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked here")
def test_a_forked_process_has_threads_of_its_own() -> None:
    subprocess.run([sys.executable, "-W", "ignore::DeprecationWarning", "-c", FORKED], check=True, timeout=60)


def test_rows_are_cut_where_parts_begin() -> None:
    """Also the last row before sources without synapses."""
    sources = np.array([0] * 64 + [1] * 64 + [3] * 10)
    targets = np.array([*range(64), *range(64), *range(3, 13)])
    found = []
    for threads in (1, 2, 4):
        net = bt.Network()
        source, cells = net.add(bt.Poisson(6, 200 * Hz)), net.add(bt.Population(64, CHEMICAL, d=1.0))
        rule = bt.SynapseModel("w : 1", on_pre="d_post += w", every=(1 * ms, "w = 0.9*w + 0.1*d_post"), name="rule")
        synapses = net.connect(source, cells, rule, pattern=bt.Pairs(sources, targets), w=0.5)
        sim = bt.Simulation(net, dt=0.1 * ms, threads=threads)
        sim.run(20 * ms)
        found.append(sim[synapses].w.magnitude)
    np.testing.assert_array_equal(found[0], found[1])
    np.testing.assert_array_equal(found[0], found[2])


def test_networks_in_which_nothing_spikes() -> None:
    """Threads wait for one another once a step all the same: what one reads, another writes."""
    tides = bt.NeuronModel("dd/dt = (sin(t/(3*ms)) - d)/(1*ms) : 1", method="rk4", name="tides")
    shores = bt.NeuronModel("dv/dt = (0.5*s - v)/(7*ms) : 1\ns : 1", name="shores")
    rule = bt.SynapseModel("w : 1\ns_post = w*d_pre : 1 (summed)", name="rule")
    found = []
    for threads in (1, 2, 4):
        net = bt.Network()
        sea, land = net.add(bt.Population(200, tides, d=1.0)), net.add(bt.Population(300, shores, v=bt.Uniform(0, 1)))
        net.connect(sea, land, rule, w=0.01)
        sim = bt.Simulation(net, dt=0.1 * ms, seed=1, threads=threads)
        sim.run(60 * ms)
        found.append(sim[land].v.magnitude)
    np.testing.assert_array_equal(found[0], found[1])
    np.testing.assert_array_equal(found[0], found[2])


@pytest.mark.parametrize("threads", THREADS)
def test_a_step_in_which_all_spike(threads: int) -> None:
    """What threads tell one another takes many lines of memory then; and it starts anew after a reset, even to the same step."""
    found = []
    for each in (1, threads):
        net = bt.Network()
        cells = net.add(bt.Population(301, bt.NeuronModel("v : 1", threshold="v > 0.9", reset="v *= 0.5", name="cell")))
        given = bt.SpikeTimes(60, np.full(60, 0.3) * ms, np.arange(60), weights=np.linspace(1, 2, 60))
        rule = bt.SynapseModel("", on_pre="v_post += 0.02*spike_weight", name="rule")
        net.connect(net.add(given), cells, rule)
        net.connect(cells, cells, bt.SynapseModel("", on_pre="v_post += 0.01", name="among"), pattern=bt.Bernoulli(0.3))
        sim = bt.Simulation(net, dt=0.1 * ms, threads=each)
        spikes = sim.record_spikes(cells)
        for steps in (1, 1, 1, 20):
            sim.run(steps * 0.1 * ms)
            found.append(sim[cells].v.magnitude)
            if steps == 1:
                sim.reset()
        found.append(np.stack([spikes.steps, spikes.indices]))
        assert np.bincount(spikes.steps).max() > 250
    for one, many in zip(found[:5], found[5:], strict=True):
        np.testing.assert_array_equal(many, one)


def test_each_thread_notices_that_its_record_of_events_is_full() -> None:
    """Also where all that is recorded befalls the last one."""
    found = []
    for threads in (1, 2, 3):
        net = bt.Network()
        cells = net.add(bt.Population(96, bt.NeuronModel("g : 1", name="cell")))
        source = net.add(bt.Regular(100, period=0.1 * ms))
        rule = bt.SynapseModel("w : 1", on_pre="g_post += w; w += 0.001", name="rule")
        synapses = net.connect(source, cells[90:], rule, w=0.1)
        sim = bt.Simulation(net, dt=0.1 * ms, threads=threads)
        record = sim.record(synapses, "w", when="transmitted")
        sim.run(30 * ms)
        found.append(np.array([record.steps, record.synapses, record.values.magnitude]))
        assert sim.state.dimensions[synapses.name, "log"] < len(record.steps)
    assert found[0].shape[1] == 300 * 600
    np.testing.assert_array_equal(found[1], found[0])
    np.testing.assert_array_equal(found[2], found[0])


def test_threads_write_to_lines_of_their_own() -> None:
    """No line of memory is written to by two threads, and what neurons have of both parts does not share a page."""
    net = bt.Network()
    cell = bt.NeuronModel("dv/dt = -v/(10*ms) : 1", threshold="v > 1", reset="v = 0", name="cell")
    cells = net.add(bt.Population(5000, cell, v=bt.Uniform(0, 2)))
    equations = "w : 1\ndx/dt = -x/(15*ms) : 1\ndy/dt = -y/(25*ms) : 1\n"
    rule = bt.SynapseModel(equations, **ONTO_CELLS["stdp"] | {"on_pre": "v_post += w; x += 1"}, name="rule")
    net.connect(cells, cells, rule, pattern=bt.FixedInDegree(3), w=0.1)
    sim = bt.Simulation(net, dt=0.1 * ms, threads=2)
    memory, private = sim.state.memory, sim.plan.private
    first, second = memory.addresses(0), memory.addresses(1)
    begin = int(ctypes.c_int64.from_address(second["cell_1", ":start"][0]).value)
    assert 2000 < begin < 3000
    apart, paged = 0, 0
    for slot in sim.plan.slots:
        if slot.role == "fixed":
            continue
        (place, size), (other, _) = first[slot.key], second[slot.key]
        if slot.key in private:
            assert (place + size * slot.item_bytes - 1) // 64 < other // 64, slot
            apart += 1
        elif (slot.owner, slot.shape[0]) in {("cell_1", "n"), ("rule_1", "n post")} and size * slot.item_bytes >= 8192:
            assert (place + begin * (size // 5000) * slot.item_bytes) % 4096 == 0, slot
            paged += 1
    assert apart > 5
    assert paged > 5
