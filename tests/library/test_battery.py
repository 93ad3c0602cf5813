"""What holds for every rule of the library. A rule joins by existing; what it wants of a network is read from it.

The fast tests interpret; the slow ones compile each rule in both precisions.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import bouton as bt
from bouton.errors import UnitError
from bouton.library import rules
from bouton.library.rule import Rule
from bouton.units import QUANTITY_TYPE, ms, mV, second

RULES = [rules.find(file) for file in rules.files()]
COUNT, LENGTH = 4, 800  # synapses, and steps of a run
GIVEN: dict[str, dict[str, Any]] = {  # numbers for a rule whose paper's could not be reached: any will do
    "SDSP": {"a": 0.2, "b": 0.15, "alpha": 0.7 / second, "beta": 0.5 / second, "theta_V": -60 * mV, "tau_C": 60 * ms}
    | {"theta_up_low": 0.5, "theta_up_high": 5.0, "theta_down_low": 0.5, "theta_down_high": 3.0},
    "Heterosynaptic": {"W_max": 0.3},  # below which nothing happens
}
OF_CELLS = {  # what a rule may ask of the postsynaptic neuron
    "v": "v = (-65 + 20*sin(t/(9*ms)))*mV : mV",
    "u_minus": "u_minus = (-66 + 12*sin(t/(13*ms)))*mV : mV",
    "u_plus": "u_plus = (-64 + 14*sin(t/(17*ms)))*mV : mV",
    "total": "total : 1",
    "tags": "tags : 1",
}
IDLE = bt.SynapseModel("dz/dt = -z/(10*ms) : 1", on_pre="z += 1", on_post="z += 1", weights=(), name="idle")
Found = dict[str, NDArray[np.float64]]


def trains(seed: int) -> bt.SpikeTimes:
    """Irregular trains with some spikes of both sides in one step."""
    rng = np.random.default_rng(seed)
    shared = np.arange(100, LENGTH, 250)
    steps = [np.unique(np.concatenate([rng.choice(LENGTH - 20, 10, replace=False), shared + k])) for k in range(COUNT)]
    return bt.SpikeTimes(COUNT, np.concatenate(steps) * 0.1 * ms, np.repeat(np.arange(COUNT), [len(s) for s in steps]))


def simulation(rule: Rule, model: bt.SynapseModel, chosen: slice = slice(None), **options: Any) -> tuple[bt.Simulation, Any]:
    """The rule between trains and cells that are made to fire, with whatever it is linked to."""
    net = bt.Network()
    source = net.add(trains(1))
    cell = bt.NeuronModel("\n".join(["received : 1", *(OF_CELLS[name] for name in rule.needs)]), name="cell")
    cells = net.add(bt.Population(COUNT, cell, force_spikes=trains(2)))
    links, events = {}, {}
    for equation in model.equations:
        if "linked" in equation.flags:
            level = f"0.6*({equation.unit})" if equation.unit != "1" else "0.6"
            modulator = bt.NeuronModel(
                f"d{equation.name}/dt = ({level} - {equation.name})/(40*ms) : {equation.unit}", name="modulator"
            )
            links[equation.name] = net.add(bt.Population(1, modulator))
    for block in model.on_event:
        events[block.event] = net.add(bt.SpikeTimes(1, [30, 31, 60] * ms))
    delivers = any(block.transmits for block in model.on_pre) or any(
        s.target == "target" for b in model.blocks for s in b.statements
    )
    pattern = bt.Pairs(np.arange(COUNT)[chosen], np.arange(COUNT)[chosen])
    begin = np.array([0.2, 0.4, 0.5, 0.7])[chosen]
    start = {e.name: begin for e in model.equations if e.name in {"w", "rho"} and e.kind != "expression"}
    target = "received" if delivers else None
    synapses = net.connect(source, cells, model, target=target, pattern=pattern, link=links, events=events, **start)
    return bt.Simulation(net, dt=0.1 * ms, **{"seed": 3, "backend": "reference", **options}), synapses


def state(sim: bt.Simulation, synapses: Any) -> Found:
    kept = [e.name for e in synapses.model.equations if e.kind != "expression" and not e.flags & {"summed", "linked"}]
    return {name: np.asarray(getattr(sim[synapses], name).magnitude) for name in kept}


def run(rule: Rule, model: bt.SynapseModel, *pieces: float, **options: Any) -> Found:
    sim, synapses = simulation(rule, model, **options)
    for piece in pieces or (LENGTH * 0.1,):
        sim.run(piece * ms)
    return state(sim, synapses)


def default(rule: Rule) -> bt.SynapseModel:
    return rule(**GIVEN.get(rule.name, {}))


def is_random(model: bt.SynapseModel) -> bool:
    return any(f"{word}(" in b.text for b in (*model.blocks, *model.every) for word in ("rand", "randn", "binomial", "poisson"))


def same(found: Found, meant: Found, **tolerances: float) -> None:
    assert set(found) == set(meant)
    for name, expected in meant.items():
        np.testing.assert_allclose(found[name], expected, err_msg=name, **({"rtol": 0.0} | tolerances))


every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)


@every_rule
def test_pieces_of_a_run_and_a_reset_change_nothing(rule: Rule) -> None:
    model = default(rule)
    sim, synapses = simulation(rule, model)
    before = state(sim, synapses)
    sim.run(LENGTH * 0.1 * ms)
    once = state(sim, synapses)
    assert any((once[name] != before[name]).any() for name in once)
    sim.reset()
    for piece in (13.7, 30.0, LENGTH * 0.1 - 43.7):
        sim.run(piece * ms)
    same(state(sim, synapses), once)


@every_rule
def test_with_learning_off_weights_stay_to_the_bit(rule: Rule) -> None:
    sim, synapses = simulation(rule, default(rule))
    weights = sim.facts.projections[0].weights
    before = state(sim, synapses)
    sim[synapses].learning = False
    sim.run(LENGTH * 0.1 * ms)
    after = state(sim, synapses)
    for name in set(weights) & set(before):
        np.testing.assert_array_equal(after[name], before[name])


@every_rule
def test_synapses_together_are_synapses_alone(rule: Rule) -> None:
    model = default(rule)
    if is_random(model) or any("summed" in e.flags for e in model.equations):
        pytest.skip("draws belong to numbers of synapses, and sums to all synapses of a neuron")
    together = run(rule, model)
    sim, synapses = simulation(rule, model, slice(1, 2))
    sim.run(LENGTH * 0.1 * ms)
    same(state(sim, synapses), {name: values[1:2] if values.ndim else values for name, values in together.items()})


@every_rule
def test_a_part_that_does_nothing_changes_nothing(rule: Rule) -> None:
    model = default(rule)
    alone, composed = run(rule, model), model & IDLE
    if any("linked" in e.flags for e in model.equations) or is_random(model):
        pytest.skip("a linked variable is called otherwise, and draws belong to places in the text")
    if model.on_pre == () or "w" in alone:
        found = run(rule, composed)
        same({n: found[n if n == "w" else f"{rule.part}_{n}"] for n in alone}, alone)


@every_rule
def test_wrong_units_are_refused(rule: Rule) -> None:
    timed = [k for k, p in rule.parameters.items() if isinstance(p.value, QUANTITY_TYPE) and p.value.check("[time]")]
    used = [k for k in timed if k in default(rule).parameters]
    for key in used[:1]:
        with pytest.raises(UnitError):
            simulation(rule, rule(**GIVEN.get(rule.name, {}) | {key: 3 * mV}))


@every_rule
def test_the_record_is_complete(rule: Rule) -> None:
    assert rule.papers
    assert all("doi:" in paper for paper in rule.papers)
    assert all(p.symbol and p.meaning for p in rule.parameters.values())
    assert rule.name.lower() in {file.replace("_", "") for file in rules.files()}


@pytest.mark.slow
@every_rule
def test_compiled_it_is_what_the_interpreter_makes_of_it(rule: Rule) -> None:
    model = default(rule)
    meant = run(rule, model)
    same(run(rule, model, backend="cpu"), meant, rtol=1e-10, atol=1e-12)
    same(run(rule, model, 30.0, 50.0, backend="cpu", threads=2), run(rule, model, backend="cpu"))


@pytest.mark.slow
@every_rule
def test_single_precision_is_close(rule: Rule) -> None:
    model = default(rule)
    if is_random(model):
        pytest.skip("a probability that is rounded draws otherwise now and then")
    meant = run(rule, model)
    for name, values in run(rule, model, backend="cpu", precision="single").items():
        np.testing.assert_allclose(values, meant[name], rtol=2e-4, atol=2e-5 * max(1.0, np.abs(meant[name]).max()), err_msg=name)
