"""Passes over the plan: what they do, and where they do not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import bouton as bt
from bouton.units import Hz, ms

CELL = bt.NeuronModel(
    "dv/dt = (g - v)/(10*ms) : 1 (unless refractory)\ndg/dt = -g/(5*ms) : 1\nh : 1",
    threshold="v > 1",
    reset="v = 0",
    refractory=2 * ms,
    every=(bt.dt, "h = 0.5*h + v"),
    name="cell",
)


def build(rule: dict[str, Any], *, every: Any = None, **connect: Any) -> tuple[bt.Simulation, bt.Population]:
    model = CELL if every is None else bt.NeuronModel(CELL.text, threshold="v > 1", reset="v = 0", every=every, name="cell")
    net = bt.Network()
    source = net.add(bt.Poisson(40, 100 * Hz))
    cells = net.add(bt.Population(150, model, v=bt.Uniform(0, 1)))
    net.connect(source, cells, bt.SynapseModel("w : 1", **rule, name="rule"), pattern=bt.Bernoulli(0.3), w=0.2, **connect)
    return bt.Simulation(net, dt=0.1 * ms), cells


def kernels(sim: bt.Simulation) -> list[str]:
    return [call.kernel.name for _, call in sim.plan.calls()]


def test_one_loop_over_neurons_a_step() -> None:
    sim, _ = build({"on_pre": "g_post += w"})
    names = [name for name in kernels(sim) if name.endswith("cell")]
    assert names == ["integrate_every_threshold_cell", "reset_cell"]


@pytest.mark.parametrize(
    "rule, connect, why",
    [
        ({"on_pre": "g_post += w; w = 0.2 + 0.01*g_post"}, {}, "the phase reads g"),
        ({"on_pre": "g_post *= 1 + w"}, {}, "it is not a sum"),
        ({"on_pre": "v_post += w"}, {}, "v stands still while refractory"),
        ({"on_pre": "g_post += w"}, {"dendritic_delay": 1 * ms}, "it arrives later"),
    ],
)
def test_deliveries_that_go_by_way_of_an_accumulator(rule: dict[str, Any], connect: dict[str, Any], why: str) -> None:
    sim, _ = build(rule, **connect)
    assert "deliver_cell" in kernels(sim), why


def test_what_lies_between_keeps_loops_apart() -> None:
    """A synapse reads v after the integration, and writes g before the threshold."""
    sim, _ = build({"on_pre": "w = 0.2", "every": (bt.dt, "g_post += 0.0001*w*v_post")})
    assert "integrate_cell" in kernels(sim)


def test_regular_blocks_with_an_interval_stay_apart() -> None:
    sim, _ = build({"on_pre": "g_post += w"}, every=(1 * ms, "h = v"))
    assert "every_cell" in kernels(sim)
    assert "integrate_cell" in kernels(sim)  # the block reads what it writes


def test_recorders_within_the_step_see_what_they_saw() -> None:
    """A recorder after the integration keeps it apart from the threshold; the numbers stay."""
    found = []
    for inside in (False, True):
        sim, cells = build({"on_pre": "g_post += w"})
        spikes = sim.record_spikes(cells)
        trace = sim.record(cells, "v", when="after:integrate") if inside else None
        sim.run(30 * ms)
        assert ("integrate_cell" in kernels(sim)) is inside
        found.append((spikes.steps, spikes.indices, sim[cells].h.magnitude))
        if trace is not None:
            assert (trace.values.magnitude.max(axis=0) > 1).any()
    assert len(found[0][0]) > 100
    for one, other in zip(*found, strict=True):
        np.testing.assert_array_equal(one, other)
