"""What a profile counts, and that measuring changes nothing."""

from __future__ import annotations

import numpy as np
import pytest

import bouton as bt
from bouton.errors import SimulationError
from bouton.units import ms


def build(backend: str = "cpu") -> tuple[bt.Simulation, bt.Population]:
    cell = bt.NeuronModel("dv/dt = -v/(10*ms) : 1", threshold="v > 1", reset="v = 0", name="cell")
    rule = bt.SynapseModel("w : 1", on_pre="target += w; w += 0.1", name="rule")
    net = bt.Network()
    source = net.add(bt.SpikeTimes(4, [1, 2, 2, 5] * ms, [0, 1, 2, 0]))
    cells = net.add(bt.Population(5, cell))
    net.connect(source, cells, rule, target="v", w=0.4)
    return bt.Simulation(net, dt=0.1 * ms, backend=backend), cells


def test_counts() -> None:
    sim, _ = build()
    sim.run(1 * ms)
    sim.run(9 * ms, profile=True)
    rows = {row.what: row for row in sim.profile().rows}
    assert rows["on_pre_rule"].events == 4 * 5
    assert rows["on_pre_rule"].bytes_each == 8 + 8 + 2  # w read and written, target
    assert rows["integrate_threshold_cell"].calls == 90
    assert rows["integrate_threshold_cell"].events == 90 * 5
    assert sum(row.seconds for row in rows.values()) == pytest.approx(sim.profile().seconds)  # shares of it, rounded
    assert rows["on_pre_rule"].ns_each == pytest.approx(rows["on_pre_rule"].seconds / 20 * 1e9)
    assert "on_pre_rule" in str(sim.profile())
    assert 1e8 < sim.profile().bandwidth < 1e13  # bytes a second
    assert f"memory moves {sim.profile().bandwidth / 1e9:.1f} GB/s" in str(sim.profile())
    frame = sim.profile().to_pandas().set_index("what")
    assert frame.loc["on_pre_rule", "events"] == 20


def test_measuring_changes_nothing() -> None:
    (sim, cells), (twin, other) = build(), build()
    sim.run(10 * ms, profile=True)
    twin.run(10 * ms)
    np.testing.assert_array_equal(sim[cells].v.magnitude, twin[other].v.magnitude)


def test_refused() -> None:
    sim, _ = build()
    with pytest.raises(SimulationError, match="nothing was measured"):
        sim.profile()
    sim, _ = build("reference")
    with pytest.raises(SimulationError, match="interpreter is not measured"):
        sim.run(1 * ms, profile=True)


def test_waiting_of_threads_is_not_taken_for_recorders() -> None:
    net = bt.Network()
    net.add(bt.Population(5, bt.NeuronModel("dv/dt = -v/(5*ms) : 1", threshold="v > 2", name="cell"), v=0.5))
    sim = bt.Simulation(net, dt=0.1 * ms, threads=2)
    sim.run(10 * ms, profile=True)
    assert {row.what for row in sim.profile().rows} == {"integrate_threshold_cell"}


def test_runs_without_a_profile_are_not_measured() -> None:
    sim, cells = build()
    sim.run(5 * ms, profile=True)
    before = sim.profile()
    sim.run(5 * ms)
    assert sim.profile() == before
    sim.record(cells, "v", when="start")
    sim.run(1 * ms, profile=True)
    assert {row.calls for row in sim.profile().rows if row.what == "recorders"} == {10}
