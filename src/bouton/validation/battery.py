"""The battery: what holds for every rule. Each check drives a few synapses with irregular spikes, and says what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

import bouton as bt
from bouton.errors import UnitError
from bouton.library.rule import Rule
from bouton.units import TIME, dimension_of, ms, mV

COUNT, LENGTH = 4, 800
"""Synapses, and steps of a run."""
CELLS = {  # what a rule may ask of the postsynaptic neuron
    "v": "v = (-65 + 20*sin(t/(9*ms)))*mV : mV",
    "u_minus": "u_minus = (-66 + 12*sin(t/(13*ms)))*mV : mV",
    "u_plus": "du_plus/dt = (-64*mV + 14*sin(t/(17*ms))*mV - u_plus)/(3*ms) : mV",
    "total": "total : 1",
    "tags": "tags : 1",
    "psi": "psi = maximum(0, sin(t/(7*ms))) : 1",
    "L": "L = 9*cos(t/(11*ms)) : 1",
    "e": "de/dt = cos(t/(11*ms))/second : 1",
}
FREE = "ddrive/dt = (1.2 + 0.3*received/(1 + abs(received)) - drive)/(5*ms) : 1"
"""Fires, and fires more if it has received more."""
DRAWS = ("rand(", "randn(", "binomial(", "poisson(")
Found = dict[str, NDArray[np.float64]]


class NotApplicable(Exception):
    """Why a check says nothing of a rule."""


@final
@dataclass(frozen=True)
class Check:
    """A check: its name in words, what it does, and whether it compiles the rule."""

    name: str
    run: Callable[[Rule], None]
    compiles: bool = False


def idle() -> bt.SynapseModel:
    """A part that does nothing to others."""
    return bt.SynapseModel("dz/dt = -z/(10*ms) : 1", on_pre="z += 1", on_post="z += 1", weights=(), name="idle")


def trains(seed: int) -> bt.SpikeTimes:
    """Irregular trains with some spikes of both sides in one step."""
    rng = np.random.default_rng(seed)
    shared = np.arange(100, LENGTH, 250)
    steps = [np.unique(np.concatenate([rng.choice(LENGTH - 20, 10, replace=False), shared + k])) for k in range(COUNT)]
    return bt.SpikeTimes(COUNT, np.concatenate(steps) * 0.1 * ms, np.repeat(np.arange(COUNT), [len(s) for s in steps]))


def simulation(
    rule: Rule,
    model: bt.SynapseModel,
    chosen: Any = None,
    spikes: tuple[bt.SpikeTimes, bt.SpikeTimes] | None = None,
    *,
    free: bool = False,
    **options: Any,
) -> tuple[bt.Simulation, bt.Projection]:
    """The rule between trains and cells that are made to fire, with whatever it is linked to; ``chosen`` are its synapses.

    ``free`` cells fire by themselves and by what they receive, each from all trains.
    """
    if unknown := set(rule.needs) - set(CELLS):
        raise NotApplicable(f"it needs {', '.join(sorted(unknown))} of the postsynaptic neuron")
    chosen = np.arange(COUNT) if chosen is None else np.asarray(chosen)
    pairs = np.divmod(np.arange(COUNT * COUNT), COUNT) if free else (chosen, chosen)
    before, after = spikes or (trains(1), trains(2))
    net = bt.Network()
    source = net.add(before)
    equations = ["received : 1", *(CELLS[name] for name in rule.needs)]
    firing: dict[str, Any] = {}
    if free:
        equations.append(FREE)
        firing = {"threshold": "drive > 1", "reset": "drive = 0"}
    cell = bt.NeuronModel("\n".join(equations), **firing, name="cell")
    begin: dict[str, Any] = {"drive": np.linspace(0, 0.9, COUNT)} if free else {"force_spikes": after}
    cells = net.add(bt.Population(COUNT, cell, **begin))
    links: dict[str, Any] = {}
    events: dict[str, Any] = {}
    for equation in model.equations:
        if "linked" in equation.flags:
            level = f"0.6*({equation.unit})" if equation.unit != "1" else "0.6"
            text = f"d{equation.name}/dt = ({level} - {equation.name})/(40*ms) : {equation.unit}"
            links[equation.name] = net.add(bt.Population(1, bt.NeuronModel(text, name="modulator")))
    for block in model.on_event:
        events[str(block.event)] = net.add(bt.SpikeTimes(1, [30, 31, 60] * ms))
    delivers = any(block.transmits for block in model.on_pre) or any(
        s.target == "target" for b in model.blocks for s in b.statements
    )
    weights = np.array([0.2, 0.4, 0.5, 0.7])[pairs[1]]
    start: dict[str, Any] = {e.name: weights for e in model.equations if e.name in {"w", "rho"} and e.kind != "expression"}
    synapses = net.connect(
        source,
        cells,
        model,
        target="received" if delivers else None,
        pattern=bt.Pairs(*pairs),
        link=links,
        events=events,
        **start,
    )
    return bt.Simulation(net, **{"dt": 0.1 * ms, "seed": 3, "backend": "reference", **options}), synapses


def state(sim: bt.Simulation, synapses: bt.Projection) -> Found:
    """All variables of the synapses."""
    kept = [e.name for e in synapses.model.equations if e.kind != "expression" and not e.flags & {"summed", "linked"}]
    return {name: np.asarray(getattr(sim[synapses], name).magnitude) for name in kept}


def run(rule: Rule, model: bt.SynapseModel, *pieces: float, **options: Any) -> Found:
    """The variables at the end, of a run in pieces (ms) or at once."""
    sim, synapses = simulation(rule, model, **options)
    for piece in pieces or (LENGTH * 0.1,):
        sim.run(piece * ms)
    return state(sim, synapses)


def model_of(rule: Rule) -> bt.SynapseModel:
    """The rule as it is without arguments, or with the numbers to try it with."""
    return rule(**rule.trial)


def is_random(model: bt.SynapseModel) -> bool:
    """True if it draws."""
    noisy = any(name == "xi" or name.startswith("xi_") for name in model.mentioned)
    return noisy or any(word in block.text for block in (*model.blocks, *model.every) for word in DRAWS)


def has_sums(model: bt.SynapseModel) -> bool:
    """True if synapses of a neuron matter to one another."""
    return any("summed" in equation.flags for equation in model.equations)


def same(found: Found, meant: Found, rtol: float = 0.0, atol: float = 0.0) -> None:
    """Raises AssertionError where variables are further apart."""
    assert set(found) == set(meant)
    for name, expected in meant.items():
        np.testing.assert_allclose(found[name], expected, rtol=rtol, atol=atol, err_msg=name)


def alike(found: Found, meant: Found, tolerance: float) -> None:
    """Raises AssertionError where variables are further apart than sums that are rounded otherwise."""
    assert set(found) == set(meant)
    for name, expected in meant.items():
        scale = max(1.0, float(np.abs(expected).max()))
        np.testing.assert_allclose(found[name], expected, rtol=tolerance, atol=tolerance * scale, err_msg=name)


def check_pieces(rule: Rule) -> None:
    """A run in pieces, after a reset, is a run at once; and something happens in it."""
    sim, synapses = simulation(rule, model_of(rule))
    before = state(sim, synapses)
    sim.run(LENGTH * 0.1 * ms)
    once = state(sim, synapses)
    assert any((once[name] != before[name]).any() for name in once), "nothing happens"
    sim.reset()
    for piece in (13.7, 30.0, LENGTH * 0.1 - 43.7):
        sim.run(piece * ms)
    same(state(sim, synapses), once)


def check_learning_off(rule: Rule) -> None:
    """With learning off, weights stay to the bit."""
    sim, synapses = simulation(rule, model_of(rule))
    weights = sim.facts.projections[0].weights
    before = state(sim, synapses)
    sim[synapses].learning = False
    sim.run(LENGTH * 0.1 * ms)
    after = state(sim, synapses)
    for name in set(weights) & set(before):
        np.testing.assert_array_equal(after[name], before[name], err_msg=name)


def check_alone(rule: Rule) -> None:
    """Synapses together are synapses alone."""
    model = model_of(rule)
    if is_random(model) or has_sums(model):
        raise NotApplicable("draws belong to numbers of synapses, and sums to all synapses of a neuron")
    together = run(rule, model)
    alone = run(rule, model, chosen=[1])
    same(alone, {name: values[1:2] if values.ndim else values for name, values in together.items()})


def check_order(rule: Rule) -> None:
    """The order in which synapses are given changes nothing."""
    model = model_of(rule)
    if is_random(model):
        raise NotApplicable("draws belong to numbers of synapses")
    order = [2, 0, 3, 1]
    meant = {name: values[order] if values.ndim else values for name, values in run(rule, model).items()}
    same(run(rule, model, chosen=order), meant)


def check_idle_part(rule: Rule) -> None:
    """Composed with a part that does nothing, the numbers do not change."""
    model = model_of(rule)
    if any("linked" in e.flags for e in model.equations) or is_random(model):
        raise NotApplicable("a linked variable is called otherwise, and draws belong to places in the text")
    alone = run(rule, model)
    if model.on_pre and "w" not in alone:
        raise NotApplicable("its weight is called otherwise")
    found = run(rule, model & idle())
    same({name: found[name if name == "w" else f"{model.name}_{name}"] for name in alone}, alone)


def check_units(rule: Rule) -> None:
    """A time constant that is a voltage is refused."""
    used = model_of(rule).parameters
    timed = [k for k, p in rule.parameters.items() if k in used and p.value is not None and dimension_of(p.value) == TIME]
    if not timed:
        raise NotApplicable("it has no parameter that is a time")
    try:
        simulation(rule, rule(**{**rule.trial, timed[0]: 3 * mV}))
    except UnitError:
        return
    raise AssertionError(f"{timed[0]}=3*mV is taken")


def check_step(rule: Rule) -> None:
    """With half the time step the numbers are the same where nothing is advanced in steps, and come nearer where something is."""
    model = model_of(rule)
    if is_random(model):
        raise NotApplicable("draws belong to steps")
    if any(isinstance(block.interval, type(bt.dt)) for block in model.every):
        raise NotApplicable("what it does in each step is a definition, not a scheme")
    found = [run(rule, model, dt=0.1 * ms / k) for k in (1, 2, 4)]
    for name, coarse in found[0].items():
        first, second = (np.abs(b[name] - a[name]).max() for a, b in pairwise(found))
        scale = max(1e-3, float(np.abs(coarse).max()))
        assert second <= 0.75 * first + 1e-9 * scale, f"{name}: {first:.3g} apart, then {second:.3g}"


def check_compiled(rule: Rule) -> None:
    """Compiled, in pieces, and by two threads, it is what the interpreter makes of it."""
    model = model_of(rule)
    compiled = run(rule, model, backend="cpu")
    same(compiled, run(rule, model), rtol=1e-10, atol=1e-12)
    same(run(rule, model, 30.0, 50.0, backend="cpu", threads=2), compiled)


def check_shortcuts(rule: Rule) -> None:
    """What neurons keep for their synapses, what waits and what is added up makes no difference, to the spikes neither."""
    same_without_shortcuts(rule, model_of(rule))


def same_without_shortcuts(rule: Rule, model: bt.SynapseModel) -> None:
    """Raises AssertionError where a model of the rule is another when all is done at each synapse and at once."""
    ways: tuple[dict[str, Any], ...] = ({}, {"defer": False}, {"defer": False, "hoist": False})
    found: list[Found] = []
    for options in ways:
        sim, synapses = simulation(rule, model, free=True, backend="cpu", **options)
        spikes = sim.record_spikes(sim.facts.projections[0].post.population)
        sim.run(LENGTH * 0.1 * ms)
        fired = {"steps": spikes.steps.astype(float), "neurons": spikes.indices.astype(float)}
        found.append(state(sim, synapses) | fired)
    assert len(found[0]["steps"]) > 2 * COUNT, "the cells hardly fire"
    same(found[1], found[2])
    alike(found[0], found[1], 1e-12)


def check_single(rule: Rule) -> None:
    """Single precision is close to double."""
    model = model_of(rule)
    if is_random(model):
        raise NotApplicable("a probability that is rounded draws otherwise now and then")
    meant = run(rule, model)
    for name, values in run(rule, model, backend="cpu", precision="single").items():
        scale = max(1.0, float(np.abs(meant[name]).max()))
        np.testing.assert_allclose(values, meant[name], rtol=2e-4, atol=2e-5 * scale, err_msg=name)


CHECKS = (
    Check("a run in pieces and after a reset", check_pieces),
    Check("learning off", check_learning_off),
    Check("synapses together and alone", check_alone),
    Check("the order of synapses", check_order),
    Check("composed with a part that does nothing", check_idle_part),
    Check("units", check_units),
    Check("half the time step", check_step),
    Check("compiled, and by two threads", check_compiled, compiles=True),
    Check("without shortcuts", check_shortcuts, compiles=True),
    Check("single precision", check_single, compiles=True),
)
