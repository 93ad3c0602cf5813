"""Random networks of up to 100 neurons for 1000 steps: the same spikes on both backends, values to 1e-12."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import bouton as bt
from bouton.units import Hz, ms

CELL = bt.NeuronModel(
    """
    dv/dt = (g*(e - v) + mu - v)/tau_m : 1 (unless refractory)
    dg/dt = -g/(4*ms) : 1
    db/dt = -b/(50*ms) : 1 (min=0, max=5)
    """,
    threshold="v > 1 + 0.1*b",
    reset="v = 0; b += 1",
    refractory="pause",
    parameters={"e": 3.0, "mu": 0.5, "tau_m": 10 * ms, "pause": 1 * ms},
    name="cell",
)
RULE = bt.SynapseModel(
    """
    w : 1 (min=0, max=1)
    dx/dt = -x/tau_x : 1
    dy/dt = (rest - y)/tau_y : 1
    """,
    on_pre="target += w*(1 + 0.1*randn()); x += 1; w -= eta*y*w",
    on_post="y += 1; w += eta*x*(1 - w) + 0.01*eta*v_post(t-dt)",
    parameters={"tau_x": 15 * ms, "tau_y": 25 * ms, "eta": 0.05, "rest": 0.1},
    name="rule",
)


@st.composite
def plans(draw: st.DrawFn) -> dict[str, Any]:
    """Sizes, pairs and delays; drawn as a seed, since the numbers themselves do not matter."""
    return {
        "seed": draw(st.integers(0, 2**32)),
        "sources": draw(st.integers(1, 40)),
        "cells": draw(st.integers(1, 60)),
        "longest": draw(st.tuples(*[st.integers(0, 30)] * 3)),
        "rate": draw(st.sampled_from([20, 100, 400])),
        "spread": draw(st.sampled_from([0.0, 0.5])),
    }


def run(plan: dict[str, Any], backend: str) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(plan["seed"])
    net = bt.Network()
    source = net.add(bt.Poisson(plan["sources"], plan["rate"] * Hz))
    spread = 1 + plan["spread"] * rng.random(plan["cells"])
    cells = net.add(bt.Population(plan["cells"], CELL, tau_m=10 * spread * ms, pause=np.rint(10 * spread) * 0.1 * ms))
    projections = []
    for pre in (source, cells):
        n = int(rng.integers(1, 4 * plan["cells"] + 1))
        pairs = bt.Pairs(rng.integers(0, len(pre), n), rng.integers(0, len(cells), n))
        delays = [rng.integers(0, longest + 1, n) * 0.1 * ms for longest in plan["longest"]]
        names = ("axonal_delay", "dendritic_delay", "backprop_delay")
        given_delays = dict(zip(names, delays, strict=True))
        projections.append(net.connect(pre, cells, RULE, target="g", pattern=pairs, w=bt.Uniform(0, 1), **given_delays))
    sim = bt.Simulation(net, dt=0.1 * ms, seed=plan["seed"], backend=backend)
    spikes = [sim.record_spikes(p) for p in (source, cells)]
    sim.run(100 * ms)
    found = {f"spikes {n}": np.stack([r.steps, r.indices]) for n, r in enumerate(spikes)}
    found |= {f"{v} {n}": getattr(sim[p], v).magnitude for n, p in enumerate(projections) for v in "wxy"}
    return found | {v: getattr(sim[cells], v).magnitude for v in "vgb"}


@settings(max_examples=2, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(plan=plans())
def test_random_networks(plan: dict[str, Any]) -> None:
    agree(plan)


@pytest.mark.slow
@settings(settings.get_profile("compiled"), suppress_health_check=[HealthCheck.too_slow])
@given(plan=plans())
def test_many_random_networks(plan: dict[str, Any]) -> None:
    agree(plan)


def agree(plan: dict[str, Any]) -> None:
    compiled, interpreted = run(plan, "cpu"), run(plan, "reference")
    for name, expected in interpreted.items():
        if name.startswith("spikes"):
            np.testing.assert_array_equal(compiled[name], expected, err_msg=name)
        else:
            np.testing.assert_allclose(compiled[name], expected, rtol=1e-12, atol=1e-14, err_msg=name)
