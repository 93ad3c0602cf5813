"""What holds for every rule of the library. A rule joins by existing; what it wants of a network is read from it.

The fast tests make a few of its checks, interpreted; the slow ones all, and compile each rule in both precisions.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bouton as bt
from bouton.equations.nodes import Name
from bouton.equations.show import show
from bouton.errors import EquationError, ModelError, NameError_, NetworkError
from bouton.library import rules
from bouton.library.rule import Rule
from bouton.units import ms
from bouton.validation import battery

RULES = [rules.find(file) for file in rules.files()]
every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)


QUICK = ("a run in pieces and after a reset", "learning off", "units")


def checks(*, quick: bool) -> Any:
    chosen = [check for check in battery.CHECKS if (check.name in QUICK) == quick]
    return pytest.mark.parametrize("check", chosen, ids=lambda check: check.name.replace(" ", "-"))


def apply(check: battery.Check, rule: Rule) -> None:
    try:
        check.run(rule)
    except battery.NotApplicable as reason:
        pytest.skip(str(reason))


@checks(quick=True)
@every_rule
def test_quick_checks(rule: Rule, check: battery.Check) -> None:
    apply(check, rule)


@pytest.mark.slow
@checks(quick=False)
@every_rule
def test_all_other_checks(rule: Rule, check: battery.Check) -> None:
    apply(check, rule)


def variants(rule: Rule) -> dict[str, dict[str, Any]]:
    """Arguments with which a rule is another model: each choice of each option, and other simulators' conventions."""
    chosen = [{option: choice} for option, choices in rule.options.items() for choice in choices]
    chosen += [dict(options) for options in rule.conventions.values()]
    return {", ".join(f"{k}={v}" for k, v in options.items()): {**rule.trial, **options} for options in chosen}


@pytest.mark.slow
@every_rule
def test_shortcuts_make_no_difference_to_any_variant(rule: Rule) -> None:
    tried = 0
    for arguments in variants(rule).values():
        try:
            model = rule(**arguments)
            battery.simulation(rule, model, free=True)
        except (ModelError, NameError_, NetworkError, EquationError):  # wants another option, or more of its neurons
            continue
        battery.same_without_shortcuts(rule, model)
        tried += 1
    assert tried >= len(variants(rule)) // 2


@every_rule
def test_the_record_is_complete(rule: Rule) -> None:
    assert rule.papers
    assert all("doi:" in paper for paper in rule.papers)
    assert all(p.symbol and p.meaning for p in rule.parameters.values())
    assert rule.name.lower() in {file.replace("_", "") for file in rules.files()}


BOUNDED = [r for r in RULES if any(e.low is not None or e.high is not None for e in battery.model_of(r).equations)]


@pytest.mark.slow
@pytest.mark.parametrize("rule", BOUNDED, ids=lambda rule: rule.name)
def test_bounds_hold_whatever_the_trains(rule: Rule) -> None:
    model = battery.model_of(rule)
    steps = st.sets(st.integers(0, 119), min_size=5, max_size=60).map(sorted)

    @settings(max_examples=15, deadline=None)
    @given(st.tuples(*[steps] * (2 * battery.COUNT)))
    def hold(trains: tuple[list[int], ...]) -> None:
        sides = []
        for side in (trains[: battery.COUNT], trains[battery.COUNT :]):
            times = np.concatenate(side) * 0.1 * ms
            sides.append(bt.SpikeTimes(battery.COUNT, times, np.repeat(np.arange(battery.COUNT), [len(t) for t in side])))
        sim, synapses = battery.simulation(rule, model, spikes=(sides[0], sides[1]))
        for equation in model.equations:
            if (equation.low is None and equation.high is None) or equation.kind == "expression":
                continue
            recording = sim.record(synapses, equation.name)
            sim.run(12 * ms)
            values = recording.values.magnitude
            low, high = (_number(model, bound) for bound in (equation.low, equation.high))
            assert (values >= low).all() if low is not None else True
            assert (values <= high).all() if high is not None else True

    hold()


def _number(model: bt.SynapseModel, bound: Any) -> float | None:
    """A bound that is a number, a parameter, or the negative of one."""
    if bound is None:
        return None
    text = show(bound)
    sign, name = (-1.0, text[1:]) if text.startswith("-") else (1.0, text)
    return sign * float(model.parameters[name]) if name in model.parameters else sign * float(name)


def test_faults_are_found() -> None:
    """Each check that a wrong rule can fail, fails."""

    def rule_of(**texts: Any) -> Rule:
        parameters = texts.pop("parameters", {})
        return Rule(
            name="Wrong",
            part="wrong",
            title="",
            papers=(),
            parameters=parameters,
            build=lambda options: {"equations": "w : 1", **texts},
        )

    def fails(name: str, rule: Rule) -> bool:
        check = next(c for c in battery.CHECKS if c.name == name)
        try:
            check.run(rule)
        except AssertionError:
            return True
        return False

    assert fails("half the time step", rule_of(on_pre="w += ms/dt"))
    assert fails("a run in pieces and after a reset", rule_of(on_pre="w = w"))  # nothing happens
    assert not fails("a run in pieces and after a reset", rule_of(on_pre="w += 0.1"))


PAIRS = [(a, b) for number, a in enumerate(RULES) for b in RULES[number + 1 :]]


def transmits_weight(rule: Rule) -> bool:
    blocks = battery.model_of(rule).on_pre
    return any(s.target == "transmit" and s.value == Name("w") for block in blocks for s in block.statements)


def composed(a: Rule, b: Rule) -> bt.SynapseModel | None:
    """Both on one synapse; None for rules that do not mean one weight, which is refused with a reason."""
    weights = [next((e for e in battery.model_of(rule).equations if e.name == "w"), None) for rule in (a, b)]
    both = [w for w in weights if w is not None]
    bounded = all(w.low is not None or w.high is not None for w in both)
    kinds = [w.kind for w in both]
    if len(both) == 2 and (bounded or "expression" in kinds or kinds == ["ode", "ode"]):
        with pytest.raises(ModelError, match="E507: the parts do not mean one weight"):
            _ = battery.model_of(a) & battery.model_of(b)
        return None
    if transmits_weight(a) and transmits_weight(b):
        with pytest.raises(ModelError, match=r"E507: .* both transmit the weight"):
            _ = battery.model_of(a) & battery.model_of(b)
        return None
    return battery.model_of(a) & battery.model_of(b)


def test_most_pairs_compose_and_the_others_say_why() -> None:
    assert sum(composed(a, b) is not None for a, b in PAIRS) > len(PAIRS) / 3


@pytest.mark.slow
@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: "-".join(rule.name for rule in pair))
def test_pairs_run_and_what_they_transmit_is_a_product(pair: tuple[Rule, Rule]) -> None:
    model = composed(*pair)
    sums = [{e.name for e in battery.model_of(rule).equations if "summed" in e.flags} for rule in pair]
    if model is None or sums[0] & sums[1]:
        pytest.skip("they do not compose, or sum into one variable of the neuron")
    both = dataclasses.replace(pair[0], needs=tuple(dict.fromkeys((*pair[0].needs, *pair[1].needs))))
    once = battery.run(both, model, 40.0)
    battery.same(battery.run(both, model, 13.7, 26.3), once)
    assert all(np.isfinite(values).all() for values in once.values())
    if battery.is_random(model):
        return
    battery.alike(battery.run(both, model, 40.0, backend="cpu"), once, 1e-11)
