"""The page without a browser: what controls do to the view, and what is shown."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("panel", reason="panel is not installed (pip install 'bouton[explore]')")

from bokeh.server.urls import per_app_patterns

import bouton as bt
from bouton.explore.app.page import Page
from bouton.explore.app.server import Socket, make_server
from bouton.explore.bench import Bench
from bouton.explore.choice import OWN, Choice
from bouton.explore.view import View

BENCH = Bench()


@pytest.fixture
def page() -> Page:
    return Page(View(panels=("window",)), BENCH, None)


def shown(page: Page, side: str = "a") -> Any:
    return np.array(page.drawings["window"].sources[side].data["change"])


def test_sliders_and_texts(page: Page) -> None:
    before = shown(page)
    page.sides["a"].sliders._handle_msg({"serial": 4, "moved": {"A_plus": 0.02}, "typed": {"tau_plus": "40 ms"}})
    assert page.view.a.parameters == (("A_plus", 0.02), ("tau_plus", 40.0))
    assert page.sides["a"].sliders.echo == 4
    meant = 0.02 * np.exp(-50 / 40) / 0.5
    assert shown(page)[75] == pytest.approx(meant)
    assert before[75] != pytest.approx(meant)
    page.sides["a"].sliders._handle_msg({"serial": 5, "moved": {}, "typed": {"tau_plus": "40 mV"}})
    assert "[voltage]" in page.sides["a"].sliders.errors["tau_plus"]
    assert shown(page)[75] == pytest.approx(meant)


def test_a_refused_combination_says_so_and_the_next_one_is_taken(page: Page) -> None:
    side = page.sides["a"]
    selects = {select.label: select for select in side.options}
    selects["simultaneous A"].value = "together"
    selects["pairing A"].value = "nearest_reduced"
    assert "expected: pairing='all_to_all'" in side.trouble.text
    assert "E401" in page.troubles["window"].text
    selects["simultaneous A"].value = "apart"
    assert side.trouble.text == page.troubles["window"].text == ""
    assert dict(page.view.a.options) == {"pairing": "nearest_reduced", "simultaneous": "apart"}


def test_comparison_comes_and_goes(page: Page) -> None:
    page.compare.value = ["b"]
    np.testing.assert_array_equal(shown(page, "b"), shown(page))
    page.sides["b"].chosen.value = "bi_poo2001"
    assert page.view.b == Choice("PairSTDP", "bi_poo2001")
    assert not np.array_equal(shown(page, "b"), shown(page))
    assert page.notes["window"].object.count("largest") == 2
    page.compare.value = []
    assert page.view.b is None
    assert len(shown(page, "b")) == 0
    assert page.notes["window"].object.count("largest") == 1


def test_at_least_one_panel_is_shown(page: Page) -> None:
    page.shown.value = []
    assert page.shown.value == ["window"]
    page.shown.value = ["window", "traces"]
    assert len(page.drawings["traces"].sources["a"].data["x"]) > 100


def test_own_equations(page: Page) -> None:
    side = page.sides["a"]
    side.rule.value = OWN
    assert side.own.visible
    assert r"\frac{\mathrm{d}x}{\mathrm{d}t}" in side.formulas.object
    side.texts["parameters"].value += "\nunused = 3"
    assert "nothing reads 'unused'" in side.mistakes["parameters"].text
    side.texts["parameters"].value = side.texts["parameters"].value.replace("unused = 3", "")
    assert side.mistakes["parameters"].text == ""
    assert page.drawings["window"].figure.visible
    side.texts["on_post"].value = "w += A_plus*x; y += 1*mV"
    assert "dimension [voltage]" in side.mistakes["on_post"].text
    assert not page.drawings["window"].figure.visible  # empty axes would say nothing
    side.texts["on_post"].value = "w += A_plus*x; y += 1"
    assert page.drawings["window"].figure.visible


def test_looks(page: Page) -> None:
    page.looks.value = ["python"]
    assert "bt.rules.PairSTDP()" in page.texts["python"].text
    page.sides["a"].chosen.value = "bi_poo2001"
    assert "bt.rules.PairSTDP('bi_poo2001')" in page.texts["python"].text
    page.looks.value = ["explain"]
    assert "exact, when read" in page.texts["explain"].text
    assert page.texts["python"].text == ""


def test_spikes_are_added_and_removed_by_a_click(page: Page) -> None:
    class Tap:
        def __init__(self, x: float, y: float) -> None:
            self.x, self.y = x, y

    page.stimulus._tapped(Tap(140.2, 2.1))
    assert 140.0 in page.view.pre
    page.stimulus._tapped(Tap(140.9, 1.9))
    assert 140.0 not in page.view.pre
    page.stimulus.trains["post"].value = "5 1e9"
    assert "at most 500 spikes" in page.stimulus.trouble.text
    assert page.view.post == View().post


def test_in_a_notebook() -> None:
    page = bt.explore("PairSTDP", set="bi_poo2001")
    assert page.view.a.chosen == "bi_poo2001"
    assert bt.rules.PairSTDP.explore(A_plus=0.01).view.a.parameters == (("A_plus", 0.01),)


def test_states_with_units_have_a_figure_of_their_own() -> None:
    page = Page(View(Choice("Clopath"), panels=("traces",)), BENCH, None)
    traces = page.drawings["traces"]
    assert [shape.visible for shape in traces.figures] == [True, False, True]
    assert [item.label.value for item in traces.legends[traces.measured].items] == ["x (1 / s)"]
    page.sides["a"].rule.value = "TsodyksMarkram"
    assert [shape.visible for shape in traces.figures] == [False, True, False]
    assert page.notes["traces"].object == ""


def test_menus_say_when_values_are_not_the_rules_own() -> None:
    page = Page(View(Choice("TagTriggerConsolidation"), panels=("window",)), BENCH, None)
    side = page.sides["a"]
    assert side.chosen.value == "(values to try it with)"
    side.chosen.value = "clopath2008_modeldb118199"
    assert page.view.a.chosen == "clopath2008_modeldb118199"
    side.chosen.value = "(values to try it with)"
    assert page.view.a.chosen is None


def test_websockets_send_at_once() -> None:
    make_server()
    make_server()  # a second one finds what the first has put there
    assert [kind for path, kind, *_ in per_app_patterns if path == "/ws"] == [Socket]
