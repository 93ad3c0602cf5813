"""Intervals and delays that are parameters."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import bouton as bt
from bouton.errors import BoutonError, SimulationError
from bouton.units import ms, mV

RULE = bt.SynapseModel(
    "w : 1\nn : 1",
    on_pre={"on_pre": "v_post += w", "late": "w += 1"},
    every=("T", "n += 1"),
    delays={"late": "D"},
    parameters={"T": 2 * ms, "D": 1 * ms},
    name="rule",
)


def made(rule: bt.SynapseModel = RULE, **given: Any) -> tuple[bt.Simulation, Any]:
    net = bt.Network()
    source = net.add(bt.SpikeTimes(2, [1.0, 1.0] * ms, [0, 1]))
    cells = net.add(bt.Population(2, bt.NeuronModel("v : 1")))
    synapses = net.connect(source, cells, rule, pattern=bt.OneToOne(), **given)
    return bt.Simulation(net, dt=0.1 * ms, backend="reference"), synapses


def test_they_are_what_parameters_say() -> None:
    sim, synapses = made()
    sim.run(2.0 * ms)
    assert sim[synapses].w.tolist() == [0, 0]
    sim.run(2.1 * ms)  # multiples of 2 ms are 0, 2 and 4
    assert sim[synapses].w.tolist() == [1, 1]
    assert sim[synapses].n.tolist() == [3, 3]
    sim[synapses].parameters.T = 1 * ms
    sim.run(2.0 * ms)
    assert sim[synapses].n.tolist() == [5, 5]


def test_a_projection_has_its_own() -> None:
    sim, synapses = made(T=0.5 * ms, D=0.2 * ms)
    sim.run(1.3 * ms)
    assert sim[synapses].w.tolist() == [1, 1]
    assert sim[synapses].n.tolist() == [3, 3]


def test_in_a_composition_they_keep_their_part() -> None:
    other = bt.SynapseModel("m : 1", every=("T", "m += 1"), parameters={"T": 1 * ms}, name="other")
    sim, synapses = made(RULE & other)
    sim.run(2.2 * ms)
    assert sim[synapses].rule_n.tolist() == [2, 2]
    assert sim[synapses].other_m.tolist() == [3, 3]
    assert sim[synapses].w.tolist() == [1, 1]


def test_a_delay_is_fixed() -> None:
    sim, synapses = made()
    with pytest.raises(SimulationError, match="E506: 'D' is the delay of a block"):
        sim[synapses].parameters.D = 3 * ms


@pytest.mark.parametrize(
    "given, found",
    [
        ({"T": 3 * mV}, "E301"),
        ({"T": np.array([1.0, 2.0]) * ms}, "E506: 'T' may change, or differ between elements"),
        ({"D": np.array([1.0, 2.0]) * ms}, "E506: 'D' may change, or differ between elements"),
        ({"T": 0.15 * ms}, "E403"),
    ],
)
def test_what_is_no_one_time_is_refused(given: dict[str, Any], found: str) -> None:
    with pytest.raises(BoutonError, match=found):
        made(**given)


@pytest.mark.parametrize("arguments", [{"every": ("T_0", "n += 1")}, {"delays": {"late": "T_0"}}], ids=str)
def test_names_that_are_no_parameter_are_refused(arguments: dict[str, Any]) -> None:
    blocks = {"on_pre": {"late": "w += 1"}}
    rule = bt.SynapseModel("w : 1\nn : 1", **blocks, **arguments)
    with pytest.raises(BoutonError, match="E201: 'T_0' is not defined"):
        made(rule)
    rule = bt.SynapseModel("w : 1\nn : 1\nT_0 : second", **blocks, **arguments)
    with pytest.raises(BoutonError, match="E506: 'T_0' may change"):
        made(rule)
