"""Every rule of the library has a figure that lives: traces under the spikes that are given, which answer to a slider."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import bouton as bt
from bouton.explore.bench import Answer, Bench
from bouton.explore.choice import Choice, Own, resolve
from bouton.explore.requests import coarse_step_of, is_stepped, request
from bouton.explore.script import script
from bouton.explore.view import View
from bouton.library import rules
from bouton.units import ms

FILES = rules.files()
SHOWN = ("eprop", "tag_trigger_consolidation", "urbanczik_senn")
"""Rules that read what given spikes do not have, or take long: fast. The others compile a model each, too."""


def varying(found: Answer) -> set[str]:
    """The variables that change in time."""
    return {name for name, values in found.columns.items() if name != "time" and np.ptp(values) > 0}


def check_live(bench: Bench, name: str) -> None:
    """Something changes in time, with other spikes in another way, and with a slider; and a slider compiles nothing anew."""
    view, choice = View(), Choice(name)
    variant = resolve(choice)
    first = bench.answer("traces", view, choice)
    ready = len(bench)
    answered: set[str] = set()
    alive = varying(first)
    for field in variant.fields.values():
        if field.name in variant.fixed:
            continue
        for share in (0.3, 0.8):
            value = field.low + share * (field.high - field.low)
            found = bench.answer("traces", view, choice.with_parameters({field.name: value}))
            assert all(np.isfinite(values).all() for values in found.columns.values())
            alive |= varying(found)
            answered |= {k for k, values in found.columns.items() if not np.array_equal(values, first.columns[k])}
    assert answered - {"time"}, "no slider changes anything"
    assert len(bench) == ready == 1, "a slider made another simulation"
    if not (variant.model.on_pre or variant.model.on_post):
        return  # a sum over weights, which spikes of one synapse do not change
    assert alive, "nothing changes"
    other = bench.answer("traces", replace(view, pre=(25.0, 31.0, 90.0), post=(33.0, 88.0, 120.0)), choice).columns
    size = min(len(first.columns["time"]), len(other["time"]))
    assert any(not np.array_equal(other[name][:size], first.columns[name][:size]) for name in alive), (
        "other spikes change nothing"
    )


@pytest.mark.parametrize("file", [pytest.param(f, marks=() if f in SHOWN else pytest.mark.slow) for f in FILES])
def test_every_rule_has_traces_that_live(file: str) -> None:
    check_live(Bench(), rules.find(file).name)


@pytest.mark.parametrize("file", FILES)
def test_nothing_is_missing_for_the_traces_of_a_rule(file: str) -> None:
    """The same without compiling: all that a rule reads is brought."""
    variant = resolve(Choice(rules.find(file).name))
    asked = request("traces", View(), variant)
    options = {**asked.options, **bt.protocols.cell_for(variant.model, **asked.cell), "options": {"backend": "reference"}}
    assert bt.protocols.stage(variant.model, *asked.arguments, **options).simulation.step == 0


def test_a_rule_for_which_nothing_is_brought_has_no_traces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bouton.explore.requests._cell", lambda variant: {})
    with pytest.raises(bt.errors.NetworkError, match="asks the postsynaptic neuron for L, psi"):
        check_live(Bench(), "EProp")


def test_a_rule_that_does_nothing_is_not_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    """That the check would see it."""
    still = Answer({"time": np.arange(3.0), "w": np.ones(3)})
    monkeypatch.setattr(Bench, "answer", lambda *_: still)
    with pytest.raises(AssertionError, match="no slider"):
        check_live(Bench(), "PairSTDP")


def test_what_is_made_up_is_shown() -> None:
    found = Bench().answer("traces", View(), Choice("EProp"))
    learning, times = found.columns["L_post"], found.columns["time"]
    before = times < 30
    np.testing.assert_allclose(learning[before], -0.5)  # no spike yet, so that it is silent by half a spike
    assert learning[times > 32][0] > 0
    assert found.columns["psi_post"].max() > 0
    assert found.units == {}


def test_what_is_transmitted_reaches_the_dendrite() -> None:
    """A dendrite that is driven more expects more spikes of the soma, so that the same ones teach less."""
    bench = Bench()
    changes = []
    for w in (1.0, 1000.0):
        weights = bench.answer("traces", replace(View(), w=w), Choice("UrbanczikSenn")).columns["w"]
        changes.append(weights[-1] - weights[0])
    assert changes[0] > changes[1]


def test_units_of_states() -> None:
    assert Bench().answer("traces", View(), Choice("TagTriggerConsolidation")).units == {"x": "1 / s"}


@pytest.mark.parametrize("name", ["UrbanczikSenn", "EProp"])
def test_a_copied_program_has_the_neuron(name: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    view = View(Choice(name), panels=("traces",))
    text = script(view)
    assert text.count("cell = bt.protocols.cell_for(rule, neuron=") == 1
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    exec(compile(text, "copied.py", "exec"), names)
    shown = Bench().answer("traces", view, view.a).columns
    np.testing.assert_array_equal(names["traces"].grid["w"].values.magnitude[:, 0], shown["w"])


@pytest.mark.parametrize(
    "name, stepped", [("PairSTDP", False), ("TripletSTDP", False), ("BCM", True), ("EProp", True), ("ZenkeConsolidation", True)]
)
def test_what_happens_at_spikes_only_needs_no_steps_between_them(name: str, stepped: bool) -> None:
    variant = resolve(Choice(name))
    assert is_stepped(variant.model) is stepped
    assert coarse_step_of(View(), variant) == (1.0 if stepped else 5.0)
    assert coarse_step_of(replace(View(), dt=0.5), variant) == 0.5


def test_frequencies_are_the_same_with_a_coarse_step() -> None:
    bench = Bench()
    choice = Choice("TripletSTDP", "visual_cortex_full_all_to_all")
    coarse, fine = (bench.answer("frequency", replace(View(), dt=dt), choice).columns for dt in (None, 1.0))
    for name in ("plus", "minus"):
        np.testing.assert_allclose(coarse[name], fine[name], rtol=1e-12)


def test_equations_of_ones_own_may_sum_into_the_neuron() -> None:
    own = Own(
        equations="w : 1\ntotal_post = w : 1 (summed)",
        on_pre="transmit = w; w *= 1 - a*total_post",
        on_post="",
        parameters="a = 0.1",
    )
    found = Bench().answer("traces", View(), Choice(own=own))
    assert found.columns["w"][-1] < found.columns["w"][0]
    with pytest.raises(bt.errors.NameError_, match="no_such_neuron"):
        bt.protocols.cell_for(bt.rules.PairSTDP(), neuron="no_such_neuron")
    with pytest.raises(bt.errors.NameError_, match="has no variable 'phi_W'"):
        bt.protocols.cell_for(bt.rules.UrbanczikSenn(), neuron="UrbanczikSenn", target="phi_W")
    assert bt.protocols.cell_for(bt.rules.PairSTDP()) == {}


def test_a_neuron_of_ones_own_is_given_what_is_transmitted_a_step_later() -> None:
    rule = bt.SynapseModel("w : 1", on_pre="transmit = w", name="plain")
    cell = bt.protocols.cell_for(rule, neuron={"equations": "v : mV", "every": (bt.dt, "v += 0*mV")}, target="v")
    played = bt.protocols.play(rule, [2.0] * ms, [] * ms, w=3.0, dt=1 * ms, record_cells=("v",), duration=6 * ms, **cell)
    values = played.cell_grid["v"].values.magnitude[:, 0]
    assert values[0] == 0.0
    assert values[-1] == 3.0
