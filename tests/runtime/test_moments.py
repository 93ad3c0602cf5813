"""Going back to a moment: what follows is what followed then, bit for bit."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

import bouton as bt
from bouton.errors import SimulationError
from bouton.units import Hz, ms

CELL = bt.NeuronModel(
    "dv/dt = (drive + I - v)/(10*ms) + 0.3*xi*ms**-0.5 : 1\ndg/dt = -g/(5*ms) : 1",
    threshold="v > 1",
    reset="v = 0",
    refractory=0.5 * ms,
    every=(bt.dt, "v += 0.05*g"),
    parameters={"drive": 1.1, "I": bt.TimedArray([0.0, 0.2, 0.1], 11 * ms)},
    name="cell",
)
EQUATIONS = "w : 1\ngain : 1 (constant)\nD : 1\ndx/dt = -x/tau : 1\ndy/dt = -y/(25*ms) : 1"
RULES: dict[str, dict[str, Any]] = {
    "waits": {"on_pre": "g_post += w; x += 1; w = clip(w - 0.01*y, 0, 1)", "on_post": "y += 1; w = clip(w + gain*0.02*x, 0, 1)"},
    "added up": {"every": (bt.dt, "D += 0.01*x*v_post(t-dt)"), "on_pre": "x += 1; w = clip(w + 0.01*D, 0, 1); g_post += w"},
    "draws": {"on_pre": "g_post += w*rand(); x += 1", "on_post": "w += 0.01*x*randn()"},
    "to the source": {"on_pre": "g_pre += 0.01*w; x += 1", "on_post": "w += 0.001*x; y += 1"},
}


class World:
    """A network with something of everything, and its simulation."""

    def __init__(self, rule: str = "waits", *, n: int = 40, grows: bool = False, tau: Any = 15 * ms, **options: Any) -> None:
        net = bt.Network()
        self.noise = net.add(bt.Poisson(20, 60 * Hz))
        steps = np.arange(1, 600, 3)
        self.given = net.add(bt.SpikeTimes(4, steps * 0.1 * ms, np.arange(200) % 4, weights=np.linspace(0.1, 0.3, 200)))
        self.cells = net.add(bt.Population(n, CELL, v=bt.Uniform(0, 1)))
        rng = np.random.default_rng(3)
        pairs = bt.Pairs(rng.integers(0, 20, 300), rng.integers(0, n, 300))
        delays = {"axonal_delay": rng.integers(0, 30, 300) * 0.1 * ms, "dendritic_delay": 0.4 * ms, "backprop_delay": 1.9 * ms}
        first, second = ("waits", rule) if rule == "to the source" else (rule, "waits")
        model = bt.SynapseModel(EQUATIONS, **RULES[first], parameters={"tau": tau}, name="rule")
        self.learned = net.connect(self.noise, self.cells, model, pattern=pairs, w=bt.Uniform(0, 1), gain=1.0, **delays)
        among = bt.SynapseModel(EQUATIONS, **RULES[second], parameters={"tau": tau}, name="among")
        self.among = net.connect(
            self.cells, self.cells, among, pattern=bt.FixedInDegree(5), w=0.05, gain=0.5, axonal_delay=0.7 * ms
        )
        if grows:
            lives = bt.SynapseModel(
                "w : 1\na : 1 (constant)",
                on_pre="w -= 0.01; g_post += a*w",
                prune=(2 * ms, "w < 0.9"),
                create=(3 * ms, "rand() < 0.01"),
            )
            net.connect(self.noise, self.cells, lives, pattern=bt.Bernoulli(0.2), w=1.0, a=bt.Uniform(0, 0.1))
        weighted = bt.SynapseModel("", on_pre="v_post += spike_weight", name="weighted")
        net.connect(self.given, self.cells, weighted, pattern=bt.OneToOne() if n == 4 else bt.Bernoulli(0.3))
        self.sim = bt.Simulation(net, dt=0.1 * ms, seed=5, **options)
        self.spikes = self.sim.record_spikes(self.cells)
        self.rate = self.sim.record_rate(self.cells)

    def onwards(self) -> dict[str, Any]:
        """Run on, in pieces, and look at everything."""
        begun = self.sim.step
        self.sim.run(3.3 * ms)
        self.sim.run(17 * ms)
        found = {f"{v} {k}": getattr(self.sim[p], v).magnitude for k, p in enumerate((self.learned, self.among)) for v in "wxyD"}
        found |= {v: getattr(self.sim[self.cells], v).magnitude for v in "vg"}
        found |= {"tau": self.sim[self.learned].parameters.tau.magnitude, "learning": self.sim[self.among].learning}
        late = self.spikes.steps >= begun
        found |= {"spikes": np.stack([self.spikes.steps[late], self.spikes.indices[late]])}
        return found | {"rate": self.rate.counts[self.rate.steps >= begun], "t": self.sim.t.magnitude}

    def spoil(self) -> None:
        """Set whatever can be set, and run on."""
        sim = self.sim
        sim[self.learned].parameters.tau = 4 * ms
        sim[self.learned].x = np.linspace(0, 1, 300)
        sim[self.learned].gain = np.linspace(0, 2, 300)
        sim[self.among].learning = False
        sim[self.cells].parameters.I = bt.TimedArray([0.4], 5 * ms)
        sim[self.cells].v = 0.5
        sim[self.noise].rate = 10 * Hz
        sim[self.given].spikes = bt.SpikeTimes(4, [30] * ms, [2], weights=[1.0])
        sim.run(7.7 * ms)


def assert_same(found: dict[str, Any], expected: dict[str, Any]) -> None:
    assert found.keys() == expected.keys()
    for name, values in expected.items():
        np.testing.assert_array_equal(found[name], values, err_msg=name)
    assert expected["spikes"].shape[1] > 20


def goes_back(world: World) -> dict[str, Any]:
    """Save, run on, set all that can be set and go back; returns what followed, which has to follow again."""
    moment = world.sim.save()
    expected = world.onwards()
    world.spoil()
    world.sim.restore(moment)
    assert_same(world.onwards(), expected)
    return expected


OPTIONS: tuple[dict[str, Any], ...] = ({"threads": 3}, {"precision": "single"}, {"backend": "reference"})
CASES = [(rule, {}) for rule in RULES] + [("waits", {"threads": 3})]
MORE = [(rule, options) for rule in RULES for options in OPTIONS if (rule, options) not in CASES]


@pytest.mark.parametrize("rule, options", [*CASES, *(pytest.param(*case, marks=pytest.mark.slow) for case in MORE)], ids=str)
def test_what_follows_is_what_followed(rule: str, options: dict[str, Any]) -> None:
    world = World(rule, n=16 if "backend" in options else 40, **options)
    world.sim.run(12.3 * ms)
    moment = world.sim.save()
    expected = world.onwards()
    world.spoil()
    for _ in range(2):
        world.sim.restore(moment)
        assert world.sim.t == moment.t
        assert_same(world.onwards(), expected)
    undisturbed = World(rule, n=16 if "backend" in options else 40, **options)
    undisturbed.sim.run(12.3 * ms)
    assert_same(undisturbed.onwards(), expected)


@pytest.mark.slow
def test_time_constants_of_each_synapse() -> None:
    """What cannot be kept with neurons lies with synapses."""
    world = World(tau=bt.Uniform(5 * ms, 20 * ms))
    world.sim.run(8 * ms)
    goes_back(world)


@pytest.mark.parametrize("threads", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_synapses_that_appear_and_go(threads: int) -> None:
    world = World(grows=True, threads=threads)
    world.sim.run(9.5 * ms)
    expected = goes_back(world)
    world.sim.reset()
    world.sim.run(9.5 * ms)
    assert_same(world.onwards(), expected)


def test_looking_and_recording_before_and_after() -> None:
    """Whoever looks at synapses, or records more of them later, does not change what follows."""
    world = World()
    world.sim.run(10 * ms)
    assert world.sim[world.learned].w.magnitude.size == 300
    moment = world.sim.save()
    expected = world.onwards()
    world.sim.record(world.learned, "x", every=1 * ms)
    logged = world.sim.record(world.among, "w", when="after")
    world.sim.run(5 * ms)
    world.sim.restore(moment)
    found = world.onwards()
    np.testing.assert_array_equal(found.pop("spikes"), expected.pop("spikes"))
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values, rtol=1e-12, atol=1e-14, err_msg=name)  # events act at once now
    assert logged.steps.min() >= moment.step


def test_recordings_begin_a_new_episode() -> None:
    world = World()
    trace = world.sim.record(world.cells[:3], "v", every=0.5 * ms)
    world.sim.run(10 * ms)
    moment = world.sim.save()
    world.sim.run(10 * ms)
    world.sim.restore(moment)
    world.sim.run(5 * ms)
    first, second = trace.episodes
    assert (first.times.magnitude[[0, -1]] == [0.5, 20.0]).all()
    assert (second.times.magnitude[[0, -1]] == [10.5, 15.0]).all()
    np.testing.assert_array_equal(second.values.magnitude, first.values.magnitude[20:30])
    assert [len(rate.counts) for rate in world.rate.episodes] == [200, 50]
    assert world.rate.steps[0] == 100


def test_other_random_numbers_from_there_on() -> None:
    world = World("draws")
    world.sim.run(10 * ms)
    moment = world.sim.save()
    futures = []
    for seed in (None, 1, 2, 1, None):
        world.sim.restore(moment, seed=seed)
        futures.append(world.onwards())
    assert_same(futures[3], futures[1])
    assert_same(futures[4], futures[0])
    assert (futures[1]["v"] != futures[0]["v"]).any()
    assert (futures[1]["v"] != futures[2]["v"]).any()


def test_a_moment_of_the_beginning_and_of_what_was_just_set() -> None:
    world = World()
    world.sim[world.cells].parameters.drive = 1.3
    moment = world.sim.save()
    assert moment.t.magnitude == 0
    assert repr(moment) == "Moment(t=<Quantity(0.0, 'second')>)"
    assert moment.nbytes > 300 * 8
    expected = world.onwards()
    world.sim[world.cells].parameters.drive = 0.5
    world.sim.restore(moment)
    assert world.sim[world.cells].parameters.drive.magnitude == 1.3
    assert_same(world.onwards(), expected)


def test_variables_that_are_shared_again() -> None:
    """Two projections keep one trace until one of them is set."""
    net = bt.Network()
    source = net.add(bt.Poisson(20, 60 * Hz))
    cells = net.add(bt.Population(10, bt.NeuronModel("v : 1", name="cell")))
    rule = bt.SynapseModel("w : 1\ndx/dt = -x/(15*ms) : 1", on_pre="x += 1; w += x", name="rule")
    first, second = net.connect(source, cells, rule), net.connect(source, cells, rule)
    sim = bt.Simulation(net, dt=0.1 * ms)
    sim.run(10 * ms)
    moment = sim.save()
    sim.run(10 * ms)
    expected = [sim[p].w.magnitude for p in (first, second)]
    sim[second].x = 0.25
    sim.run(1 * ms)
    sim.restore(moment)
    sim.run(10 * ms)
    for found, values in zip((first, second), expected, strict=True):
        np.testing.assert_array_equal(sim[found].w.magnitude, values)


@pytest.mark.parametrize("variable", ["m", "q"])
def test_records_at_events_that_begin_later(variable: str) -> None:
    """What third events write once a neuron is kept with each synapse for who looks at each event, also after going back."""
    net = bt.Network()
    reward = net.add(bt.SpikeTimes(1, np.repeat(np.arange(1, 60) * 0.5, 3) * ms))
    source, cells = net.add(bt.Poisson(10, 200 * Hz)), net.add(bt.Population(12, CELL, v=bt.Uniform(0, 1)))
    equations = "w : 1\nm : 1\nq : 1\ndd/dt = -d/(7*ms) : 1"
    blocks = {"on_pre": "v_post += 0.05*w", "on_event": {"reward": "m = 2*d; q = q + d*0.1"}, "on_post": "d += 1"}
    model = bt.SynapseModel(equations, **blocks, name="rule")
    synapses = net.connect(source, cells, model, pattern=bt.Bernoulli(0.9), w=0.5, events={"reward": reward})
    sim = bt.Simulation(net, dt=0.1 * ms)
    sim.run(15 * ms)
    moment = sim.save()
    record = sim.record(synapses, variable, when="after")
    sim.run(15 * ms)
    sim.restore(moment)
    sim.run(15 * ms)
    first, second = record.episodes
    np.testing.assert_array_equal(second.steps, first.steps)
    np.testing.assert_allclose(second.values.magnitude, first.values.magnitude, rtol=1e-12)
    assert np.ptp(first.values.magnitude) > 0.3


def lively(**given: Any) -> tuple[bt.Simulation, bt.Projection, bt.Population]:
    net = bt.Network()
    source = net.add(bt.Poisson(20, 60 * Hz))
    cells = net.add(bt.Population(30, bt.NeuronModel("dg/dt = -g/(5*ms) : 1", name="cell")))
    model = bt.SynapseModel(
        "w : 1\na : 1 (constant)", on_pre="w -= 0.01; g_post += b*a*w", parameters={"b": 0.3}, name="lives",
        prune=(2 * ms, "w < 0.95"), create=(3 * ms, "rand() < 0.01"),
    )  # fmt: skip
    synapses = net.connect(source, cells, model, pattern=bt.Bernoulli(0.2), w=1.0, **{"a": 0.1, **given})
    return bt.Simulation(net, dt=0.1 * ms, seed=2), synapses, cells


@pytest.mark.parametrize("when", ["before growth", "after growth", "one for all"])
def test_what_is_set_for_each_synapse_where_synapses_appear(when: str, tmp_path: Path) -> None:
    sim, synapses, cells = lively(a=bt.Uniform(0, 0.1)) if when == "one for all" else lively()
    if when != "before growth":
        sim.run(10 * ms)
    values = 0.05 if when == "one for all" else np.linspace(0, 0.1, len(sim[synapses].w))
    sim[synapses].a = values
    sim.run(10 * ms)
    moment = sim.save(tmp_path / "moment.h5")
    sim.run(10 * ms)
    expected = sim[cells].g.magnitude
    sim[synapses].a = 0.3
    sim.run(5 * ms)
    sim.restore(moment)
    sim.run(10 * ms)
    np.testing.assert_array_equal(sim[cells].g.magnitude, expected)
    sim.reset()  # to the synapses of the beginning, and to what those were given
    sim.run(10 * ms)
    assert sim[synapses].a.magnitude.shape == sim[synapses].w.magnitude.shape
    other, theirs, others = lively(a=bt.Uniform(0, 0.1)) if when == "one for all" else lively()
    other[theirs].a = 0.7
    other.restore(tmp_path / "moment.h5")
    other.run(10 * ms)
    np.testing.assert_array_equal(other[others].g.magnitude, expected)


# --- files ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", ["waits", pytest.param("added up", marks=pytest.mark.slow)])
@pytest.mark.parametrize("wrote, reads", [(1, 1), (1, 3), (3, 1), (2, 3)])
def test_a_file_serves_any_number_of_threads(rule: str, wrote: int, reads: int, tmp_path: Path) -> None:
    world = World(rule, threads=wrote)
    world.spoil()
    world.sim.run(2 * ms)
    world.sim.save(tmp_path / "moment.h5")
    expected = world.onwards()
    other = World(rule, threads=reads)
    other.sim.run(1 * ms)
    other.sim.restore(tmp_path / "moment.h5")
    assert_same(other.onwards(), expected)
    assert [p.name for p in tmp_path.iterdir()] == ["moment.h5"]


def test_a_file_holds_synapses_that_appeared(tmp_path: Path) -> None:
    world = World(grows=True)
    world.sim.run(9.5 * ms)
    world.sim.save(tmp_path / "moment.h5")
    expected = world.onwards()
    other = World(grows=True)
    other.sim.restore(str(tmp_path / "moment.h5"))
    assert_same(other.onwards(), expected)
    other.sim.reset()
    other.sim.run(9.5 * ms)
    assert_same(other.onwards(), expected)


@pytest.mark.parametrize("threads", [(2, 2), (2, 3), (3, 1)])
def test_sources_do_not_spike_again(threads: tuple[int, int], tmp_path: Path) -> None:
    """Saved after a step with many spikes of a source, which one thread draws for all."""
    found = []
    for each in threads:
        net = bt.Network()
        source = net.add(bt.Poisson(50, 2000 * Hz))
        cells = net.add(bt.Population(64, bt.NeuronModel("g : 1", name="cell")))
        net.connect(source, cells, bt.SynapseModel("", on_pre="g_post += 1", name="counts"))
        sim = bt.Simulation(net, dt=0.1 * ms, threads=each)
        spikes = sim.record_spikes(source)
        if not found:
            sim.run(10 * ms)
            sim.save(tmp_path / "moment.h5")
            assert (spikes.steps == 99).any()
        else:
            sim.restore(tmp_path / "moment.h5")
        sim.run(10 * ms)
        found.append((np.stack([spikes.steps, spikes.indices])[:, spikes.steps >= 100], sim[cells].g.magnitude))
    for one, other in zip(*found, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_rate_that_varies_from_a_file(tmp_path: Path) -> None:
    world = World()
    world.sim[world.noise].rate = bt.TimedArray([50, 100, 20] * Hz, 5 * ms)
    world.sim.run(7 * ms)
    world.sim.save(tmp_path / "moment.h5")
    expected = world.onwards()
    other = World()
    other.sim.restore(tmp_path / "moment.h5")
    assert_same(other.onwards(), expected)


def small(
    *, period: Any = 2 * ms, weakest: str = "w < 0.9", every: Any = 2 * ms, delay: Any = 1 * ms, drawn: float = 0.1
) -> bt.Simulation:
    net = bt.Network()
    source = net.add(bt.Regular(5, period))
    cells = net.add(bt.Population(20, bt.NeuronModel("g : 1", threshold="g > 5", reset="g = 0", name="cell")))
    net.connect(source, cells, bt.SynapseModel("w : 1", on_pre="g_post += w", prune=(every, weakest), name="lives"), w=1)
    constant = bt.SynapseModel("J : 1 (constant)", on_pre="g_post += J", name="drawn")
    net.connect(cells, cells, constant, pattern=bt.Bernoulli(0.2), stored=False, axonal_delay=delay, J=bt.Uniform(0, drawn))
    return bt.Simulation(net, dt=0.1 * ms)


@pytest.mark.parametrize(
    "other",
    [{"period": 3 * ms}, {"weakest": "w < 0.5"}, {"every": 4 * ms}, {"delay": 1.2 * ms}, {"delay": 2 * ms}, {"drawn": 0.2}],
    ids=str,
)
def test_other_networks_are_told_apart(other: dict[str, Any], tmp_path: Path) -> None:
    small().save(tmp_path / "moment.h5")
    small().restore(tmp_path / "moment.h5")
    with pytest.raises(SimulationError, match=r"E606: moment\.h5 does not fit: .* differ"):
        small(**other).restore(tmp_path / "moment.h5")


def test_a_damaged_file_changes_nothing(tmp_path: Path) -> None:
    world = World()
    world.sim.run(3 * ms)
    world.sim.save(tmp_path / "moment.h5")
    expected = world.onwards()
    with h5py.File(tmp_path / "moment.h5", "a") as file:
        (damaged,) = [e for e in file["state"].values() if (e.attrs["owner"], e.attrs["name"]) == ("cell_1", "v")]
        about, path = dict(damaged.attrs), damaged.name
        del file[path]
        file[path] = np.zeros(3)
        file[path].attrs.update(about)
    other = World()
    other.sim.run(3 * ms)
    with pytest.raises(SimulationError, match="E606: 'v' of 'cell_1' has 3 values there, and 40 here"):
        other.sim.restore(tmp_path / "moment.h5")
    assert_same(other.onwards(), expected)


def test_another_process_goes_on(tmp_path: Path) -> None:
    """With another order of whatever Python hashes."""
    world = World("added up")
    world.spoil()
    world.sim.save(tmp_path / "moment.h5")
    expected = world.onwards()
    code = (
        "import sys, numpy as np; sys.path.insert(0, sys.argv[1]); from test_moments import World; world = World('added up')\n"
        "world.sim.restore(sys.argv[2]); np.savez(sys.argv[3], **world.onwards())"
    )
    arguments = [str(Path(__file__).parent), str(tmp_path / "moment.h5"), str(tmp_path / "found.npz")]
    environment = {**os.environ, "PYTHONHASHSEED": "12345"}
    subprocess.run([sys.executable, "-W", "error", "-c", code, *arguments], check=True, env=environment)
    with np.load(tmp_path / "found.npz") as found:
        assert_same(dict(found), expected)


def test_moments_of_others_are_refused(tmp_path: Path) -> None:
    world, other = World(), World("draws")
    with pytest.raises(SimulationError, match=r"E606: this Moment.* is of another simulation"):
        other.sim.restore(world.sim.save(tmp_path / "moment.h5"))
    expected = other.onwards()
    other.sim.reset()
    with pytest.raises(SimulationError, match=r"E606: moment\.h5 does not fit: equations, events and order of steps differ"):
        other.sim.restore(tmp_path / "moment.h5")
    assert_same(other.onwards(), expected)  # nothing has changed
    for options, what in (
        ({"precision": "single"}, "precision differ: double there, single here"),
        ({"defer": False}, "hoist, defer and share differ"),
        ({"n": 41}, "neurons and synapses differ"),
        ({"backend": "reference"}, "backend differ: cpu there, reference here"),
    ):
        with pytest.raises(SimulationError, match=f"E606: .*{what}"):
            World(**options).sim.restore(tmp_path / "moment.h5")


def test_files_that_hold_no_moment_are_refused(tmp_path: Path) -> None:
    world = World()
    with pytest.raises(FileNotFoundError):
        world.sim.restore(tmp_path / "none.h5")
    (tmp_path / "text.h5").write_text("no moment")
    with pytest.raises(OSError, match="signature"):
        world.sim.restore(tmp_path / "text.h5")
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["x"] = [1]
    with pytest.raises(SimulationError, match=r"E606: other\.h5 does not fit: it holds no moment"):
        world.sim.restore(tmp_path / "other.h5")
    with pytest.raises(FileNotFoundError):
        world.sim.save(tmp_path / "nowhere" / "moment.h5")
    with pytest.raises(SimulationError, match="E401"):
        world.sim.restore(world.sim.save(), seed=1.5)  # type: ignore[arg-type]
