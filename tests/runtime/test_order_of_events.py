"""Events of one phase run by time of emission, at one time block by block, in the interpreter and compiled alike."""

from __future__ import annotations

from typing import Any

import pytest

import bouton as bt
from bouton.units import ms

OPTIONS: list[dict[str, Any]] = [{"backend": "reference"}, {}, {"threads": 2}, {"hoist": False, "defer": False}]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_blocks_with_delays_of_their_own(options: dict[str, Any]) -> None:
    """At 4 ms ``trace`` of the spike of 2 ms comes before ``main`` of that of 4 ms."""
    model = bt.SynapseModel("w : 1\nx : 1", on_pre={"main": "target += w*x", "trace": "x += 1"}, delays={"trace": 2 * ms})
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, [2, 4] * ms))
    cell = net.add(bt.Population(1, bt.NeuronModel("v : 1", threshold="v > 100", reset="v = 0")))
    net.connect(source, cell, model, target="v", w=1.0)
    sim = bt.Simulation(net, dt=1 * ms, **options)
    sim.run(8 * ms)
    assert sim[cell].v.tolist() == [1.0]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_third_events_with_delays_of_their_own(options: dict[str, Any]) -> None:
    model = bt.SynapseModel("w : 1\nx : 1", on_event={"a": "w += 10*x", "b": "x += 1"}, delays={"b": 2 * ms})
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, [9] * ms))
    events = {name: net.add(bt.SpikeTimes(1, [time] * ms)) for name, time in (("a", 4), ("b", 2))}
    cell = net.add(bt.Population(1, bt.NeuronModel("v : 1", threshold="v > 100", reset="v = 0")))
    synapse = net.connect(source, cell, model, events=events, w=1.0)
    sim = bt.Simulation(net, dt=1 * ms, **options)
    sim.run(8 * ms)
    assert sim[synapse].w.tolist() == [11.0]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_postsynaptic_blocks_of_cells_that_never_spike(options: dict[str, Any]) -> None:
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, [2, 4] * ms))
    cell = net.add(bt.Population(2, bt.NeuronModel("v : 1")))
    synapses = net.connect(source, cell, bt.SynapseModel("w : 1", on_pre="target += w", on_post="w += 1"), target="v", w=1.0)
    sim = bt.Simulation(net, dt=1 * ms, **options)
    sim.run(8 * ms)
    assert sim[cell].v.tolist() == [2.0, 2.0]
    assert sim[synapses].w.tolist() == [1.0, 1.0]
