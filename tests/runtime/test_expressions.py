"""Sub-expressions read while nothing runs are what a recorder finds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import bouton as bt
from bouton.errors import SimulationError
from bouton.units import ms, mV

CELL = bt.NeuronModel(
    "dv/dt = -v/tau : mV\nhalf = v/2 + v_0 : mV\nclock = t : ms\nback = v(t-dt) : mV\n",
    parameters={"tau": 10 * ms, "v_0": 1 * mV},
    name="cell",
)
RULE = bt.SynapseModel(
    """
    w : 1
    k : 1 (constant)
    dx/dt = -x/(20*ms) : 1
    strength = w*(1 + x)*k : 1
    seen = strength*half_post/mV*v_0_post/mV*gain : 1
    """,
    on_pre="x += 1; v_post += strength*mV",
    parameters={"gain": 2.0},
)


def made(**options: Any) -> tuple[bt.Simulation, Any, Any]:
    net = bt.Network()
    source = net.add(bt.SpikeTimes(3, [1, 2, 2.5] * ms, [0, 1, 2]))
    cells = net.add(bt.Population(2, CELL, v=[3, 4] * mV))
    pattern = bt.Pairs([2, 0, 1, 0], [1, 1, 0, 0])
    synapses = net.connect(
        source, cells, RULE, pattern=pattern, w=[0.1, 0.2, 0.3, 0.4], k=[1, 2, 3, 4], gain=[1, 2, 3, 4], name="synapses"
    )
    return bt.Simulation(net, dt=0.1 * ms, **options), cells, synapses


@pytest.mark.parametrize("options", [{"backend": "reference"}, {"threads": 2}], ids=str)
def test_what_a_recorder_finds(options: dict[str, Any]) -> None:
    sim, cells, synapses = made(**options)
    recorded = [sim.record(synapses, "strength"), sim.record(synapses, "seen"), sim.record(cells, "half")]
    sim.run(4 * ms)
    asked = [sim[synapses].strength, sim[synapses].seen, sim[cells].half]
    for recording, value in zip(recorded, asked, strict=True):
        np.testing.assert_allclose(np.asarray(value.magnitude), recording.values.magnitude[-1], rtol=1e-12)
        assert value.units == recording.values.units
    np.testing.assert_allclose(sim[cells].clock.magnitude, [4.0, 4.0])
    assert sim[synapses[1:3]].strength.shape == (2,)
    assert {"strength", "seen"} <= set(dir(sim[synapses]))


def test_what_only_a_run_knows_is_refused() -> None:
    sim, cells, synapses = made()
    with pytest.raises(SimulationError, match=r"E506: 'back' reads 'back', which only a run knows(.|\n)*try: record 'back'"):
        _ = sim[cells].back
    with pytest.raises(SimulationError, match="E203: 'strength' is a sub-expression"):
        sim[synapses].strength = 1.0
