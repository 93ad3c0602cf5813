"""The explorer in a browser: everything that a user does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest

import bouton as bt
from bouton.explore.bench import Bench
from bouton.explore.choice import Choice
from bouton.explore.view import PANELS, View, from_query
from bouton.units import ms

pytestmark = pytest.mark.slow


def expect(locator: Any) -> Any:
    """What is waited for of a part of a page."""
    from playwright.sync_api import expect

    return expect(locator)


MOVE = """async ([name, sources, moves]) => {
  const document_ = Bokeh.documents[0]
  let range = null
  function find(root) {
    for (const each of root.querySelectorAll("*")) {
      if (range === null && each.matches("input[type=range]") && each.dataset.name === name) range = each
      if (each.shadowRoot) find(each.shadowRoot)
    }
  }
  find(document)
  const low = Number(range.min), high = Number(range.max), took = []
  for (let k = 0; k < moves; k++) {
    const answered = sources.map((source) => new Promise((resolve) => {
      const model = document_.get_model_by_name(source)
      const signals = [model.patching, model.properties.data.change]
      function done() { for (const signal of signals) signal.disconnect(done); resolve() }
      for (const signal of signals) signal.connect(done)
    }))
    const begin = performance.now()
    range.value = low + (high - low) * (0.3 + 0.4 * k / moves)
    range.dispatchEvent(new Event("input", { bubbles: true }))
    await Promise.all(answered)
    const data = performance.now()
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)))
    took.push([data - begin, performance.now() - begin])
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return took
}"""
"""Move a slider; for each move the milliseconds until the sources have new data, and until the frame with them is drawn."""
NUMBERS = "([source, column]) => Array.from(Bokeh.documents[0].get_model_by_name(source).data[column])"


def opened(page: Any, address: str, query: str = "") -> Any:
    """A page that has answered once."""
    page.goto(f"{address}?{query}")
    page.locator("input[type=range]").first.wait_for()
    page.wait_for_function("() => Bokeh.documents[0]?.get_model_by_name('traces_a')?.data.time.length > 0")
    return page


def labelled(page: Any, label: str) -> Any:
    return page.get_by_label(label, exact=True)


def await_numbers(page: Any, source: str, column: str, wanted: Any) -> None:
    """Wait until a source has these numbers."""
    page.wait_for_function(
        """([source, column, wanted]) => {
          const found = Bokeh.documents[0].get_model_by_name(source).data[column]
          const same = (x, k) => Math.abs(x - found[k]) <= 1e-9 + 1e-9 * Math.abs(x)
          return found && found.length === wanted.length && wanted.every(same)
        }""",
        arg=[source, column, [float(x) for x in wanted]],
    )


def window_of(choice: Choice) -> Any:
    return Bench().answer("window", View(), choice).columns["change"]


def test_it_loads_and_asks_no_other_host(page: Any, address: str) -> None:
    opened(page, address, f"show={','.join(PANELS)}")
    page.get_by_role("heading", name="Frequency of pairings").wait_for()
    await_numbers(page, "window_a", "change", window_of(Choice()))
    assert page.locator("math").count() > 5
    assert {urlsplit(url).netloc for url in page.asked if url.startswith("http")} == {urlsplit(address).netloc}
    assert page.faults == []


@pytest.mark.parametrize("panels", [("window",), ("window", "traces"), tuple(PANELS)])
def test_sliders_answer_in_time(page: Any, address: str, panels: tuple[str, ...]) -> None:
    """Prints how long moves take until the frame with new numbers is drawn (`make sliders`); the aim is 100 ms.

    It fails only where something is compiled or simulated anew, which no busy machine explains.
    """
    page.goto(f"{address}?show={','.join(panels)}")
    page.locator("input[type=range]").first.wait_for()
    sources = [f"{panel}_a" for panel in panels if panel != "short_term"]  # a pair rule has no response that would change
    page.wait_for_function("s => Bokeh.documents[0]?.get_model_by_name(s)?.data && true", arg=sources[0])
    page.wait_for_timeout(3000)
    page.evaluate(MOVE, ["tau_plus", sources, 5])
    took = np.array(page.evaluate(MOVE, ["tau_plus", sources, 50]))
    median, most = (np.percentile(took, percent, axis=0) for percent in (50, 95))
    print(f"\n{', '.join(panels)}: numbers {median[0]:.0f} ms (95 %: {most[0]:.0f}), drawn {median[1]:.0f} ms ({most[1]:.0f})")
    assert median[1] <= 1000


def test_a_burst_of_moves_ends_with_the_newest(page: Any, address: str) -> None:
    """Of two hundred moves at once most are dropped, and the last one is shown."""
    sent: list[str] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(str(frame))))
    opened(page, address)
    slider = page.locator("input[type=range][data-name=tau_minus]").first
    count = slider.evaluate(
        """(range) => {
          for (let k = 1; k <= 200; k++) {
            range.value = Number(range.min) + (Number(range.max) - Number(range.min)) * k / 250
            range.dispatchEvent(new Event("input", { bubbles: true }))
          }
          return Number(range.value)
        }"""
    )
    typed = page.locator("input[type=text][data-name=tau_minus]").first.input_value()
    assert count > 0
    await_numbers(page, "window_a", "change", window_of(Choice(parameters=(("tau_minus", float(typed.split()[0])),))))
    assert 1 <= len([frame for frame in sent if "tau_minus" in frame and "moved" in frame]) <= 20


def test_text_fields_explain_units(page: Any, address: str) -> None:
    opened(page, address)
    field = page.locator("input[type=text][data-name=tau_plus]").first
    field.fill("20 mV")
    field.press("Enter")
    said = page.get_by_role("alert").filter(has_text="[voltage]").first
    said.wait_for()
    assert "where [time] belongs" in said.inner_text()
    assert field.get_attribute("aria-invalid") == "true"
    field.fill("0.01*s")
    field.press("Enter")
    await_numbers(page, "window_a", "change", window_of(Choice(parameters=(("tau_plus", 10.0),))))
    assert field.get_attribute("aria-invalid") == "false"


def test_menus_comparison_and_the_address(page: Any, address: str) -> None:
    """What was chosen is in the address, and a page that is opened there shows the same."""
    opened(page, address)
    labelled(page, "Rule A").select_option("TripletSTDP")
    labelled(page, "Parameter set A").select_option("hippocampus_full_nearest")
    chosen = Choice("TripletSTDP", "hippocampus_full_nearest")
    await_numbers(page, "window_a", "change", window_of(chosen))
    page.locator("input[data-name=b]").check()
    labelled(page, "Rule B").select_option("PairSTDP")
    labelled(page, "pairing B").select_option("nearest_reduced")
    other = Choice("PairSTDP", options=(("pairing", "nearest_reduced"),))
    await_numbers(page, "window_b", "change", window_of(other))
    page.locator("input[data-name=triplets]").check()
    page.get_by_role("heading", name="Pairs, triplets and quadruplets").wait_for()
    page.wait_for_function("() => location.search.includes('nearest_reduced') && location.search.includes('triplets')")
    view = from_query(urlsplit(page.url).query)
    assert view.a == chosen
    assert (view.b.rule, dict(view.b.options)["pairing"]) == ("PairSTDP", "nearest_reduced")  # type: ignore[union-attr]
    url = page.url
    page.goto("about:blank")
    page.goto(url)
    page.wait_for_function("() => Bokeh.documents[0]?.get_model_by_name('window_b')?.data.change?.length > 0")
    await_numbers(page, "window_b", "change", window_of(other))
    assert labelled(page, "Parameter set A").input_value() == "hippocampus_full_nearest"
    assert page.faults == []


def test_copy_as_python_gives_the_same_numbers(page: Any, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened(page, address, "rule=PairSTDP&set=bi_poo2001&p.A_plus=0.0125&show=window,traces")
    page.locator("input[data-name=python]").check()
    page.get_by_role("button", name="Copy the program").click()
    page.get_by_text("copied").wait_for()
    copied = page.evaluate("() => navigator.clipboard.readText()")
    monkeypatch.chdir(tmp_path)
    found: dict[str, Any] = {}
    exec(compile(copied, "copied.py", "exec"), found)
    shown = page.evaluate(NUMBERS, ["window_a", "change"])
    np.testing.assert_allclose(found["window"]["relative"], shown, rtol=1e-15)
    np.testing.assert_allclose(found["traces"].grid["w"].values.magnitude[:, 0], page.evaluate(NUMBERS, ["traces_a", "w"]))


def test_own_equations_and_mistakes_in_them(page: Any, address: str) -> None:
    opened(page, address)
    labelled(page, "Rule A").select_option("own equations")
    statements = labelled(page, "At a postsynaptic spike A")
    expect(statements).to_have_value("w += A_plus*x; y += 1")
    statements.fill("w += A_plus*x.real; y += 1")
    statements.press("Tab")
    page.get_by_text("attributes are not part of the language").first.wait_for()
    statements.fill("w += 3*A_plus*x; y += 1*mV")
    statements.press("Tab")
    page.get_by_text("what 'y' is given has dimension [voltage]").first.wait_for()
    statements.fill("w += 3*A_plus*x; y += 1")
    statements.press("Tab")
    model = bt.SynapseModel(
        "w : 1 (min=0, max=1)\ndx/dt = -x/(20*ms) : 1\ndy/dt = -y/(20*ms) : 1",
        on_pre="transmit = w; w -= 0.00525*y; x += 1",
        on_post="w += 0.015*x; y += 1",
    )
    meant = bt.protocols.window(model, np.arange(-100.0, 101.0, 2.0) * ms, dt=1 * ms)["relative"].to_numpy()
    await_numbers(page, "window_a", "change", meant)
    for name, said in (("explain", "each synapse"), ("source", "def ")):
        page.locator(f"input[data-name={name}]").check()
        page.locator("pre").filter(has_text=said).first.wait_for()


def test_spikes_are_drawn_and_typed(page: Any, address: str) -> None:
    opened(page, address)
    field = labelled(page, "Presynaptic spikes (ms)")
    field.fill("10 20 x")
    field.press("Enter")
    page.get_by_text("'x' is not a number").first.wait_for()
    field.fill("50")
    field.press("Enter")
    page.wait_for_function("() => location.search.includes('pre=50')")
    page.get_by_role("heading", name="Spikes").scroll_into_view_if_needed()
    page.mouse.wheel(0, 500)
    page.wait_for_timeout(1000)
    place = page.evaluate(
        """() => {
          const all = (view) => [view, ...[...(view.child_views ?? [])].flatMap(all)]
          const views = [...(Bokeh.index.roots ?? Object.values(Bokeh.index))].flatMap(all)
          const source = Bokeh.documents[0].get_model_by_name("spikes")
          const plot = views.find((view) => view.model.renderers?.some((each) => each.data_source === source))
          const box = plot.el.getBoundingClientRect()
          const frame = plot.frame
          return [box.x + frame.x_scale.compute(200) , box.y + frame.y_scale.compute(2)]
        }"""
    )
    page.mouse.click(*place)
    page.wait_for_function("() => /pre=50(\\+|%20)\\d+/.test(location.search)")
    assert 150 < from_query(urlsplit(page.url).query).pre[1] < 250


@pytest.mark.parametrize("name, variable", [("EProp", "L_post"), ("UrbanczikSenn", "Delta"), ("TagTriggerConsolidation", "p")])
def test_rules_that_read_a_neuron_have_traces(page: Any, address: str, name: str, variable: str) -> None:
    """What is typed as spikes changes what such a rule does, and a slider too."""
    opened(page, address, f"rule={name}")
    labelled(page, "Presynaptic spikes (ms)").fill("20 30 40 50 60 70 80")
    labelled(page, "Presynaptic spikes (ms)").press("Enter")
    view = replace(View(), pre=(20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0))
    found = Bench().answer("traces", view, Choice(name)).columns
    await_numbers(page, "traces_a", "w", found["w"])
    await_numbers(page, "traces_a", variable, found[variable])
    assert page.get_by_role("alert").filter(has_text="E408").count() == 0
    assert page.faults == []


def test_experiments_run_and_are_cancelled(page: Any, address: str) -> None:
    page.goto(f"{address}experiments?name=homeostasis")
    copies = labelled(page, "copies")
    copies.fill("20 ms")
    copies.press("Enter")
    page.get_by_text("E301").first.wait_for()
    copies.fill("4000")
    copies.press("Enter")
    run, cancel = page.get_by_role("button", name="Run"), page.get_by_role("button", name="Cancel")
    run.click()
    page.get_by_text("simulated").wait_for(timeout=60_000)
    cancel.click()
    page.get_by_text("cancelled after").wait_for(timeout=60_000)
    labelled(page, "Experiment").select_option("stdp-window")
    labelled(page, "post_time").wait_for()
    run.click()
    page.get_by_text("done in").wait_for(timeout=60_000)
    assert page.get_by_role("cell", name="passed").count() == 3
    page.get_by_role("img", name="figure of the experiment").wait_for()


def test_the_keyboard_alone_suffices(page: Any, address: str) -> None:
    """By Tab to a slider, which arrows move, and on to the boxes below it."""
    opened(page, address)
    page.keyboard.press("Tab")
    seen: list[str] = []
    for _ in range(60):
        focused = page.evaluate(
            """() => { let e = document.activeElement; while (e?.shadowRoot?.activeElement) e = e.shadowRoot.activeElement
              return [e.tagName, e.type ?? "", e.dataset.name ?? "", getComputedStyle(e).outlineStyle] }"""
        )
        seen.append(f"{focused[0]}:{focused[1]}:{focused[2]}")
        if focused[1] == "range" and focused[2] == "A_plus":
            assert focused[3] != "none"  # what has the focus is seen
            page.keyboard.press("End")
            await_numbers(page, "window_a", "change", window_of(Choice(parameters=(("A_plus", 0.1),))))
        if focused[2] == "triplets":
            page.keyboard.press("Space")
            page.get_by_role("heading", name="Pairs, triplets and quadruplets").wait_for()
            break
        page.keyboard.press("Tab")
    assert {"INPUT:range:A_plus", "INPUT:text:A_plus", "INPUT:checkbox:b", "INPUT:checkbox:triplets"} <= set(seen)


@pytest.mark.parametrize(
    "path", [f"?show={','.join(PANELS)}&b.rule=TripletSTDP", "?eq=w+:+1&on_pre=w.x", "experiments?name=homeostasis"]
)
def test_no_barriers(page: Any, address: str, axe: str, path: str) -> None:
    page.goto(address + path)
    page.get_by_role("heading", name="bouton explorer").wait_for()
    page.wait_for_timeout(5000)
    page.evaluate(axe)
    found = page.evaluate("() => axe.run(document)")
    assert [
        (each["id"], each["impact"], each["help"], [node["html"][:120] for node in each["nodes"][:3]])
        for each in found["violations"]
    ] == []
    assert len(found["passes"]) > 15  # it has looked
