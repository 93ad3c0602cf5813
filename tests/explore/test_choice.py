"""Choices, fields, and texts of one's own."""

from __future__ import annotations

import pytest

import bouton as bt
from bouton.errors import BoutonError, Code, EquationError, NameError_, NetworkError, UnitError
from bouton.explore import view_of
from bouton.explore.choice import Choice, Own, find, guests, mistake, read_parameters, resolve
from bouton.explore.fields import field_of, read_field
from bouton.explore.limits import MAX_TEXT
from bouton.library import rules
from bouton.units import ms, mV, second


def test_a_set_and_options_are_those_of_the_rule() -> None:
    variant = resolve(Choice("TripletSTDP", "hippocampus_full_nearest", (("bounds", "hard"),)))
    assert variant.options["pairing"] == "nearest"
    assert variant.options["bounds"] == "hard"
    assert variant.values(Choice(parameters=(("tau_x", 500.0),)))["tau_x"] == 500.0
    assert variant.fields["tau_x"].value == 575.0
    assert variant.fields["tau_x"].unit == "ms"
    assert variant.fields["w_max"].symbol == "w_max"


@pytest.mark.parametrize("file", rules.files())
def test_every_rule_has_sliders_with_ranges(file: str) -> None:
    rule = rules.find(file)
    for chosen in (None, *rule.sets):
        for field in resolve(Choice(rule.name, chosen)).fields.values():
            assert field.low <= field.value <= field.high
            assert field.low < field.high
            assert 0 < field.step <= (1 if field.logarithmic else field.high - field.low)


def test_delays_and_intervals_mean_another_simulation() -> None:
    assert resolve(Choice("GraupnerBrunel")).fixed == {"D"}
    assert resolve(Choice("PairSTDP")).fixed == frozenset()


def test_a_parameter_that_there_is_not() -> None:
    choice = Choice(parameters=(("tau", 3.0),))
    with pytest.raises(NameError_, match="no parameter 'tau'"):
        resolve(choice).values(choice)
    with pytest.raises(NameError_, match="did you mean 'PairSTDP'"):
        resolve(Choice("PairSTPD"))


def test_fields_explain_units() -> None:
    field = field_of("tau", rules.named("PairSTDP").parameters["tau_plus"], 20 * ms)
    assert field is not None
    assert read_field(field, "0.02*s") == 20.0
    assert read_field(field, " 16.8 ms") == 16.8
    assert read_field(field, "17") == 17.0
    with pytest.raises(UnitError) as refusal:
        read_field(field, "20 mV")
    assert "'20 mV' is [voltage], where [time] belongs" in str(refusal.value)
    assert "a number of ms" in str(refusal.value)
    for text in ("9**9**9**9", "().__class__", "20 parsec ms(", "", "1e999", "open('x')"):
        with pytest.raises(BoutonError):
            read_field(field, text)


def test_wide_ranges_are_logarithmic() -> None:
    tau = resolve(Choice("TripletSTDP")).fields
    assert tau["tau_x"].logarithmic
    assert not tau["A2_plus"].logarithmic


def test_own_equations() -> None:
    variant = resolve(Choice(own=Own()))
    assert variant.values(Choice())["tau_plus"] == 20.0
    assert variant.model.parameters["tau_minus"] == 20 * ms
    assert read_parameters("a = 3 mV  # a comment\n\nb = 2") == {"a": 3 * mV, "b": 2.0}


@pytest.mark.parametrize(
    "own, code, place",
    [
        (Own(equations="w : 1 (min=0, max=w_max)\ndx/dt = -x/ : 1"), Code.SYNTAX, "equations"),
        (Own(on_pre="w -= y.__class__"), Code.FORBIDDEN_SYNTAX, "on_pre"),
        (Own(on_post="w += A_plus*eval('1')"), Code.UNKNOWN_FUNCTION, "on_post"),
        (Own(on_post="w += (1).real"), Code.FORBIDDEN_SYNTAX, "on_post"),
        (Own(parameters="tau_plus = 20 ms\nimport os"), Code.SYNTAX, "parameters"),
        (Own(parameters="tau_plus = 20 parsecs"), Code.UNDEFINED_NAME, "parameters"),
        (Own(parameters=f"{Own().parameters}\nunused = 3"), Code.UNKNOWN_VARIABLE, "parameters"),
        (Own(on_pre="x += " + "(" * 300 + "1" + ")" * 300), Code.TOO_LARGE, "on_pre"),
        (Own(on_pre="x += " + "-" * 100 + "1"), Code.TOO_LARGE, "on_pre"),
        (Own(on_pre="x" * (MAX_TEXT + 1)), Code.TOO_LARGE, "on_pre"),
        (Own(on_pre="x += 1;" * 100), Code.TOO_LARGE, "equations"),
    ],
)
def test_mistakes_in_own_equations_are_refused_at_their_place(own: Own, code: Code, place: str) -> None:
    with pytest.raises(BoutonError) as refusal:
        resolve(Choice(own=own))
    assert refusal.value.code is code or (code, refusal.value.code) == (Code.TOO_LARGE, Code.SYNTAX)
    assert mistake(refusal.value) == place


def test_syntax_mistakes_have_a_line_and_carets() -> None:
    with pytest.raises(EquationError) as refusal:
        resolve(Choice(own=Own(on_post="y += 1\nw += A_plus*x.foo")))
    assert refusal.value.span is not None
    assert refusal.value.span.line == 2
    assert "^^^^^" in str(refusal.value)


def test_what_can_be_explored() -> None:
    assert view_of("TripletSTDP", set="hippocampus_full_nearest").a.chosen == "hippocampus_full_nearest"
    view = view_of(bt.rules.PairSTDP, pairing="nearest_symmetric", tau_plus=0.01 * second)
    assert view.a == Choice("PairSTDP", None, (("pairing", "nearest_symmetric"),), (("tau_plus", 10.0),))
    model = bt.SynapseModel("w : 1", on_pre="w += a", parameters={"a": 0.1}, name="guest_of_tests")
    assert view_of(model).a.rule == "guest_of_tests"
    assert "guest_of_tests" in guests()
    assert find(Choice("guest_of_tests")).parameters["a"].value == 0.1
    with pytest.raises(NetworkError, match="cannot be explored"):
        view_of(3)
    with pytest.raises(NameError_, match="no parameter 'tau'"):
        view_of("PairSTDP", tau=3)
