"""A network that does not fit is refused before anything is drawn or allocated."""

from typing import Any

import pytest

import bouton as bt
from bouton.errors import Code, NetworkError, SimulationError
from bouton.network.patterns import AbstractPattern
from bouton.runtime import available, room, simulation
from bouton.units import ms

STDP = bt.SynapseModel(
    "w : 1\ndx/dt = -x/(20*ms) : 1\ndy/dt = -y/(20*ms) : 1",
    on_pre="v_post += w; x += 1; w = w - y",
    on_post="y += 1; w = w + x",
)


def network(n: int, pattern: AbstractPattern) -> bt.Network:
    model = bt.NeuronModel("dv/dt = -v/(10*ms) : 1", threshold="v > 1", reset="v = 0")
    net = bt.Network()
    cells = net.add(bt.Population(n, model, name="cells"))
    net.connect(cells, cells, STDP, pattern=pattern, name="stdp")
    return net


@pytest.fixture
def nothing_is_allocated(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: Any) -> None:
        raise AssertionError("something was allocated")

    monkeypatch.setattr(simulation, "State", refuse)


@pytest.mark.usefixtures("nothing_is_allocated")
def test_more_than_there_is_is_refused_with_a_plan_of_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "available_bytes", lambda: 20_000_000_000)
    with pytest.raises(SimulationError) as caught:
        bt.Simulation(network(1_000_000, bt.Bernoulli(0.002)), dt=1 * ms)
    error = caught.value
    assert error.code is Code.NO_ROOM
    assert error.message.startswith("the network takes 2")  # 12 bytes a synapse, and some for each neuron
    assert "GB at least: stdp 2" in error.message
    assert "(2e+09 synapses), cells" in error.message
    assert error.where == "Simulation"
    assert error.expected == "at most 20 GB, what is available on this machine"
    assert error.hint


def test_what_fits_is_made_as_is_all_where_nobody_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    net = network(1000, bt.Bernoulli(0.1))
    for there_is, fits in ((1_000_000, False), (5_000_000, True), (None, True)):
        monkeypatch.setattr(room, "available_bytes", lambda known=there_is: known)
        if fits:
            bt.Simulation(net, dt=1 * ms)
        else:
            with pytest.raises(SimulationError, match="E605"):
                bt.Simulation(net, dt=1 * ms)


def test_what_is_foreseen_is_no_more_than_what_is_taken_and_not_far_below() -> None:
    sim = bt.Simulation(network(2000, bt.Bernoulli(0.1)), dt=1 * ms)
    synapses = {p.name: room.expected_synapses(p) for p in sim.facts.projections}
    foreseen = sum(room.least_bytes(sim.facts, sim.plan, synapses).values())
    taken = sum(array.nbytes for array in sim.state.memory.arenas.values())
    taken += sum(sim.state.memory.view(s.key).nbytes for s in sim.plan.slots if s.role == "fixed")
    assert 0.9 * taken < foreseen < 1.02 * taken


@pytest.mark.usefixtures("nothing_is_allocated")
def test_more_synapses_than_can_be_numbered_are_refused_before_they_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "available_bytes", lambda: None)
    with pytest.raises(NetworkError) as caught:
        bt.Simulation(network(1_000_000, bt.FixedInDegree(3000)), dt=1 * ms)
    assert caught.value.code is Code.BAD_VALUE
    assert "3e+09 synapses" in caught.value.message
    assert caught.value.expected == "at most 2147483647 in one projection"


def test_views_count_by_their_own_size() -> None:
    net = bt.Network()
    cells = net.add(bt.Population(1000, bt.NeuronModel("v : 1")))
    net.connect(cells[:100], cells[:50], bt.SynapseModel("w : 1", on_pre="v_post += w"), pattern=bt.Bernoulli(0.5))
    (facts,) = bt.Simulation(net, dt=1 * ms).facts.projections
    assert room.expected_synapses(facts) == 2500


def test_this_system_says_how_much_it_has() -> None:
    found = available.available_bytes()
    assert found is None or 10**7 < found < 10**15


def test_systems_that_say_less_are_asked_for_all_memory_and_silent_ones_for_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreadable(*arguments: Any) -> str:
        raise OSError

    monkeypatch.setattr(available.Path, "read_text", unreadable)
    monkeypatch.setattr(available.os, "sysconf", {"SC_PHYS_PAGES": 1000, "SC_PAGE_SIZE": 4096}.__getitem__, raising=False)
    assert available.available_bytes() == 4_096_000
    monkeypatch.delattr(available.os, "sysconf")
    assert available.available_bytes() is None
