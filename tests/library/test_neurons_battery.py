"""What holds for every neuron of the library. A neuron joins by existing; the fast tests take one option at a time."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import bouton as bt
from bouton.errors import NameError_, NetworkError, UnitError
from bouton.library import neurons, rules
from bouton.library.neuron import Neuron
from bouton.units import QUANTITY_TYPE, Hz, kHz, ms, mV, pA, parse_unit, registry

NEURONS = [neurons.find(file) for file in neurons.files()]
Found = dict[str, NDArray[np.float64]]
SIZES = {"pA": 250.0, "nS": 12.0, "mV/ms": 3.0, "1/ms": 0.03, "mV": 6.0}
"""What is put into inputs, by their unit: below all thresholds."""
SILENT: dict[str, dict[str, Any]] = {"EscapeRate": {"rho_0": 0 * Hz}, "UrbanczikSenn": {"phi_max": 0 * kHz}}
STEPS = 130
FINE = {"HodgkinHuxley", "TraubMiles"}  # whose channels are fast


def single_choices(neuron: Neuron) -> Iterator[dict[str, str]]:
    yield {}
    for option, choices in neuron.options.items():
        yield from ({option: choice} for choice in choices[1:])


def all_choices(neuron: Neuron) -> Iterator[dict[str, str]]:
    for chosen in itertools.product(*neuron.options.values()):
        yield dict(zip(neuron.options, chosen, strict=True))


def variants(choices: Any, *slow: str) -> Any:
    """Neurons and options; with one of ``slow`` among the choices a test is slow."""
    found = [
        pytest.param(n, o, id=f"{n.name}-{'-'.join(o.values())}", marks=[pytest.mark.slow] * bool({*slow} & {*o.values()}))
        for n in NEURONS
        for o in choices(n)
    ]
    return pytest.mark.parametrize("neuron, options", found)


every_neuron = pytest.mark.parametrize("neuron", NEURONS, ids=lambda neuron: neuron.name)


def unit_of(model: bt.NeuronModel, variable: str) -> str:
    return next(e.unit for e in model.equations if e.name == variable)


def targets(neuron: Neuron, model: bt.NeuronModel) -> list[str]:
    """What synapses write to: v where nothing else is there."""
    found = [name for name in neuron.inputs if name != "v" and any(e.name == name for e in model.equations)]
    return found or ["v"]


def simulation(neuron: Neuron, model: bt.NeuronModel, dt: float, **options: Any) -> tuple[bt.Simulation, bt.Population]:
    """Three cells, the last of which is driven; trains arrive at all their inputs."""
    net = bt.Network()
    driven = np.array([0.0, 0.5, 1.0]) * {"Izhikevich": 20 * mV / ms}.get(neuron.name, 1500 * pA)
    values = {"I_ext": driven} if "I_ext" in model.parameters else {}
    cells = net.add(bt.Population(3, model, **neuron.at_rest(model, **values)))
    trains = net.add(bt.SpikeTimes(2, np.array([5, 40, 41, 90]) * dt * ms, [0, 1, 0, 1]))
    for target in targets(neuron, model):
        unit = unit_of(model, target)
        synapse = bt.SynapseModel(f"w : {unit}", on_pre="target += w", name=f"to_{target}")
        net.connect(trains, cells, synapse, target=target, w=registry.Quantity(SIZES[unit], parse_unit(unit)))
    return bt.Simulation(net, dt=dt * ms, **{"seed": 3, "backend": "reference", **options}), cells


def state(sim: bt.Simulation, cells: bt.Population) -> Found:
    kept = [e.name for e in cells.model.equations if e.kind != "expression"]
    return {name: np.asarray(getattr(sim[cells], name).magnitude) for name in kept}


def same(found: Found, meant: Found, **tolerances: float) -> None:
    assert set(found) == set(meant)
    for name, expected in meant.items():
        np.testing.assert_allclose(found[name], expected, err_msg=name, **({"rtol": 0.0} | tolerances))


def check_pieces_and_reset(neuron: Neuron, options: dict[str, str]) -> None:
    model = neuron(**options)
    dt = 0.02 if neuron.name in FINE else 0.1
    sim, cells = simulation(neuron, model, dt)
    spikes = sim.record_spikes(cells)
    before = state(sim, cells)
    sim.run(STEPS * dt * ms)
    once, fired = state(sim, cells), spikes.counts().sum()
    assert any((once[name] != before[name]).any() for name in once)
    assert all(np.isfinite(values).all() for values in once.values())
    sim.reset()
    same(state(sim, cells), before)
    for steps in (37, 60, STEPS - 97):
        sim.run(steps * dt * ms)
    same(state(sim, cells), once)
    assert fired > 0 or "I_ext" not in model.parameters


@variants(single_choices)
def test_pieces_of_a_run_and_a_reset_change_nothing(neuron: Neuron, options: dict[str, str]) -> None:
    check_pieces_and_reset(neuron, options)


@pytest.mark.slow
@variants(all_choices)
def test_all_options_go_together(neuron: Neuron, options: dict[str, str]) -> None:
    check_pieces_and_reset(neuron, options)


def order(neuron: Neuron, options: dict[str, str]) -> float:
    """What the docstrings claim below the threshold; infinite where it is exact."""
    conducts = options.get("synapses", "").startswith("conductance")
    if neuron.name in {"LIF", "EscapeRate"}:
        return 1.0 if options.get("excitability") == "bias" else 2.0 if conducts else np.inf
    if neuron.name in FINE:
        return 4.0 if options.get("scheme") == "rk4" else 1.0
    return 1.0 if options.get("scheme") == "euler" else 4.0


@variants(single_choices, "exponential", "alpha", "conductance_alpha")
def test_half_a_step_is_as_much_better_as_claimed(neuron: Neuron, options: dict[str, str]) -> None:
    """From a disturbed state, without spikes: three steps, each half of the one before, at 3.2 ms."""
    model = neuron(**options, **SILENT.get(neuron.name, {}))
    start = neuron.at_rest(model)
    for name in targets(neuron, model):
        unit = unit_of(model, name)
        push = registry.Quantity(SIZES[unit] * (0.3 if name == "inh" else 1), parse_unit(unit))
        start[name] = push + start.get(name, 0 * push)
    ends = []
    for dt in np.array([1, 0.5, 0.25]) * {"HodgkinHuxley": 0.1, "TraubMiles": 0.02}.get(neuron.name, 0.2):
        net = bt.Network()
        cells = net.add(bt.Population(1, model, **start))
        sim = bt.Simulation(net, dt=dt * ms, backend="reference")
        spikes = sim.record_spikes(cells)
        sim.run((1.6 if neuron.name in FINE else 3.2) * ms)
        assert spikes.counts().sum() == 0
        ends.append(state(sim, cells)["U" if neuron.name == "UrbanczikSenn" else "v"][0])
    coarse, fine = abs(ends[0] - ends[1]), abs(ends[1] - ends[2])
    claimed = order(neuron, options)
    if claimed == np.inf:
        assert coarse < 1e-10
    else:
        assert np.log2(coarse / fine) == pytest.approx(claimed, abs=0.4)


@every_neuron
def test_wrong_units_are_refused(neuron: Neuron) -> None:
    model = neuron()
    units = [key for key, value in model.parameters.items() if isinstance(value, QUANTITY_TYPE)]
    for key in units[::4]:
        net = bt.Network()
        net.add(bt.Population(1, neuron(**{key: 3 * ms * mV})))
        with pytest.raises(UnitError):
            bt.Simulation(net, dt=0.1 * ms, backend="reference")


@every_neuron
def test_a_name_that_there_is_not_is_refused(neuron: Neuron) -> None:
    with pytest.raises(NameError_, match=rf"E206.*'nothing' is neither(.|\n)*bt\.neurons\.{neuron.name}"):
        neuron(nothing=1)
    with pytest.raises(NameError_, match=r"E206.*no set of parameters"):
        neuron("nobody1900")
    for option in neuron.options:
        with pytest.raises(NetworkError, match=rf"E401.*{option} is 'nothing'"):
            neuron(**{option: "nothing"})


@every_neuron
def test_the_record_is_complete(neuron: Neuron) -> None:
    assert neuron.papers
    assert all("doi:" in paper for paper in neuron.papers)
    assert all(p.symbol and p.meaning for p in neuron.parameters.values())
    assert all(p.low is None or p.high is None or p.low < p.high for p in neuron.parameters.values())
    assert neuron.name.lower() in {file.replace("_", "") for file in neurons.files()}
    assert neuron is getattr(bt.neurons, neuron.name)
    models = [neuron(**options) for options in all_choices(neuron)]
    assert set(neuron.parameters) == {key for model in models for key in model.parameters}
    assert set(neuron.inputs) == {target for model in models for target in targets(neuron, model)}
    text = sys.modules[neuron.build.__module__].__doc__ or ""
    assert all(heading in text for heading in ("Source", "Symbols", "What differs"))
    for paper in neuron.papers:
        assert paper.partition("doi:")[2] in text


@every_neuron
def test_named_sets_run(neuron: Neuron) -> None:
    for chosen in neuron.sets:
        sim, cells = simulation(neuron, neuron(chosen), 0.05)
        sim.run(1 * ms)
        assert all(np.isfinite(values).all() for values in state(sim, cells).values())


@every_neuron
def test_rest_follows_the_parameters(neuron: Neuron) -> None:
    """Those of the model, those of the population; and what is given is kept."""
    voltage = "U" if neuron.name == "UrbanczikSenn" else "v"
    key = {"Izhikevich": "b", "HodgkinHuxley": "V_rest"}.get(neuron.name, "E_L")
    other = neuron.parameters[key].value * 1.05
    model, changed = neuron(), neuron(**{key: other})
    meant = neuron.at_rest(changed)[voltage]
    assert meant != neuron.at_rest(model)[voltage]
    given = neuron.at_rest(model, **{key: other})
    assert given[voltage] == meant
    assert given[key] == other
    assert neuron.at_rest(model, **{voltage: -40 * mV})[voltage] == -40 * mV
    assert {*given} - {key} <= {e.name for e in model.equations}


@pytest.mark.parametrize("rule", [r for r in map(rules.find, rules.files()) if r.neuron is not None], ids=lambda rule: rule.name)
def test_rules_name_neurons_that_have_what_they_need(rule: Any) -> None:
    model = getattr(bt.neurons, rule.neuron)()
    assert rule.needs
    summed = {e.name.removesuffix("_post") for e in rule(**rule.trial).equations if "summed" in e.flags}
    assert {*rule.needs} - summed <= {e.name for e in model.equations}


@pytest.mark.slow
@every_neuron
def test_compiled_it_is_what_the_interpreter_makes_of_it(neuron: Neuron) -> None:
    dt = 0.02 if neuron.name in FINE else 0.1
    found = []
    for backend in ("reference", "cpu"):
        sim, cells = simulation(neuron, neuron(), dt, backend=backend)
        sim.run(STEPS * dt * ms)
        found.append(state(sim, cells))
    same(found[1], found[0], rtol=1e-8, atol=1e-10)
