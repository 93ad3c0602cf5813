"""The page of a rule: controls on the left, what they show on the right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any, final

import panel as pn
from panel.io.document import hold
from panel.io.state import set_curdoc

from bouton.errors import BoutonError
from bouton.explore.app.figures import DRAWINGS
from bouton.explore.app.side import Side
from bouton.explore.app.stimulus import Stimulus
from bouton.explore.app.widgets import Address, Checks, Message, Text
from bouton.explore.bench import Answer, Bench
from bouton.explore.choice import Choice
from bouton.explore.limits import explained
from bouton.explore.script import script
from bouton.explore.view import PANELS, View, to_query

LOOKS = {"python": "Copy as Python", "explain": "Analysis of A", "source": "Generated source of A"}
TITLES = {"python": "the program", "explain": "the analysis", "source": "the source"}
"""Texts that a page shows on demand."""
COMPARE = {"b": "Compare with a second rule or set"}
Found = list[tuple[str, str, Answer | Exception]]


@final
class Page(pn.viewable.Viewer):  # type: ignore[misc]  # Panel has no types
    """A `View` with everything that changes it.

    Answers are computed by ``worker`` (one thread: simulations are not to be used by two at once), newest first: while one is
    under way, what is asked is noted, and what was noted before for the same panel forgotten.
    """

    def __init__(self, view: View, bench: Bench, worker: ThreadPoolExecutor | None, **params: Any) -> None:
        super().__init__(**params)
        self.view, self.bench, self.worker = view, bench, worker
        self.document, self.address = pn.state.curdoc, Address()
        self._wanted: dict[tuple[str, str], None] = {}
        self._echo: dict[str, int] = {}
        self._busy = False
        self._renaming = False
        self.drawings = {name: make() for name, make in DRAWINGS.items()}
        self.panes = {name: self._pane(drawing) for name, drawing in self.drawings.items()}
        self.notes = {name: pn.pane.Str("", sizing_mode="stretch_width", styles=NOTE) for name in PANELS}
        self.troubles = {
            name: Message(label=f"message on {title}", sizing_mode="stretch_width") for name, title in PANELS.items()
        }
        self.sides = {side: Side(side, view.choice(side) or view.a, self._chosen) for side in ("a", "b")}
        self.compare = Checks(margin=(5, 10), label="Comparison", options=COMPARE, value=["b"] if view.b is not None else [])
        self.shown = Checks(margin=(5, 10), label="Shown", options=dict(PANELS), value=list(view.panels))
        self.stimulus = Stimulus(view, self._stimulated, self._soon)
        self.looks = Checks(margin=(5, 10), label="More", options=LOOKS)
        self.texts = {name: Text(label=title, margin=(5, 10), sizing_mode="stretch_width") for name, title in TITLES.items()}
        self.compare.param.watch(self._compared, "value")
        self.shown.param.watch(self._picked, "value")
        self.looks.param.watch(self._look, "value")
        self.layout = self._lay_out()
        self._fill()

    def __panel__(self) -> Any:
        return self.layout

    # --- layout -------------------------------------------------------------------------------------------

    @staticmethod
    def _pane(drawing: Any) -> Any:
        return pn.Column(
            *(pn.pane.Bokeh(each, sizing_mode="stretch_width") for each in drawing.figures), sizing_mode="stretch_width"
        )

    def _lay_out(self) -> Any:
        self.cards = {
            name: pn.Column(
                pn.pane.HTML(f"<h2>{title}</h2>", styles=HEADING),
                self.panes[name],
                self.notes[name],
                self.troubles[name],
                width_policy="max",
                min_width=420,
                styles={"flex": "1 1 420px", "max-width": "720px"},
            )
            for name, title in PANELS.items()
        }
        self.second = pn.Column(pn.pane.HTML("<h2>B</h2>", styles=HEADING), self.sides["b"].column, sizing_mode="stretch_width")
        left = pn.Column(
            self.sides["a"].column,
            self.compare,
            self.second,
            self.shown,
            self.looks,
            self.stimulus.column,
            width=360,
        )
        self.formulas = pn.FlexBox(*(side.formulas for side in self.sides.values()), sizing_mode="stretch_width")
        right = pn.Column(
            pn.FlexBox(*self.cards.values(), sizing_mode="stretch_width", gap="12px"),
            pn.pane.HTML("<h2>Equations</h2>", styles=HEADING),
            self.formulas,
            *self.texts.values(),
            self.address,
            sizing_mode="stretch_width",
        )
        return pn.Row(left, right, sizing_mode="stretch_width")

    def _fill(self) -> None:
        """All controls and cards as the view has them, and everything asked."""
        for side, controls in self.sides.items():
            choice = self.view.choice(side)
            if choice is not None:
                controls.show(choice)
        self._arrange()
        if self.document is not None and self.document.session_context is not None:
            pn.state.onload(partial(self.ask, ("a", "b")))  # what is sent while a page is being loaded may be lost
        else:
            self.ask(("a", "b"))

    def _arrange(self) -> None:
        compared = self.view.b is not None
        self.second.visible = self.sides["b"].formulas.visible = compared
        for name, card in self.cards.items():
            card.visible = name in self.view.panels

    # --- what a user does ---------------------------------------------------------------------------------

    def _chosen(self, side: str, choice: Choice, serial: int | None) -> None:
        if side == "b" and self.view.b is None:
            return
        self.view = self.view.choose(side, choice)
        self.ask((side,), serial=serial)

    def _compared(self, event: Any) -> None:
        self.view = replace(self.view, b=self.view.a if event.new else None)
        if self.view.b is not None:
            self.sides["b"].show(self.view.b)
        if self.view.b is None:
            for name, note in self.notes.items():
                note.object = "\n".join(line for line in note.object.splitlines() if not line.startswith("B: "))
                if self.troubles[name].text.startswith("B: "):
                    self.troubles[name].text = ""
            self._soon(self._clear)
        self._arrange()
        self.ask(("b",))

    def _clear(self) -> None:
        for drawing in self.drawings.values() if self.view.b is None else ():
            drawing.show("b", None)

    def _picked(self, event: Any) -> None:
        before = self.view.panels
        self.view = replace(self.view, panels=tuple(name for name in PANELS if name in event.new) or before)
        if not event.new:
            self.shown.value = list(before)
        self._arrange()
        self.ask(("a", "b"), [name for name in self.view.panels if name not in before])

    def _stimulated(self, name: str, value: Any, panels: Sequence[str]) -> None:
        self.view = self.view.with_value(name, value)
        self.ask(("a", "b"), [panel for panel in panels if panel in self.view.panels])

    def _look(self, _: Any) -> None:
        for name, text in self.texts.items():
            if name in self.looks.value and (not text.text or name != "python"):
                self._run(partial(self._text, name, self.view), partial(self._show_text, name))
            elif name not in self.looks.value:
                text.text = ""

    def _text(self, name: str, view: View) -> str:
        try:
            if name == "python":
                return script(view)
            simulation = self.bench.looked_into(view.a)
            if name == "explain":
                return simulation.explain()
            return "\n\n".join(f"# {kernel}\n{source}" for kernel, source in simulation.kernels.items())
        except Exception as error:  # whatever it is: nobody would take it from the worker's thread, and the text would never come
            return explained(error)

    def _show_text(self, name: str, text: str) -> None:
        if name in self.looks.value:
            self.texts[name].text = text

    # --- asking and showing -------------------------------------------------------------------------------

    def ask(self, sides: Sequence[str], panels: Sequence[str] | None = None, serial: int | None = None) -> None:
        """Ask for some panels of some sides, or for all that are shown."""
        for side in sides:
            if self.view.choice(side) is not None:
                self._wanted |= {(side, panel): None for panel in (self.view.panels if panels is None else panels)}
            if serial is not None:
                self._echo[side] = serial
        self._go_on()

    def _go_on(self) -> None:
        if self._busy or not (self._wanted or self._echo):
            return
        self._busy = True
        wanted, self._wanted = list(self._wanted), {}
        echo, self._echo = self._echo, {}
        self._run(partial(self._compute, self.view, wanted), partial(self._show, self.view, echo))

    def _compute(self, view: View, wanted: list[tuple[str, str]]) -> Found:
        found: Found = []
        for side, panel in wanted:
            choice = view.choice(side)
            if choice is None or panel not in view.panels:
                continue
            try:
                found.append((side, panel, self.bench.answer(panel, view, choice)))
            except Exception as error:  # whatever it is: an answer that never comes would leave the page waiting for ever
                found.append((side, panel, error))
        return found

    def _show(self, view: View, echo: dict[str, int], found: Found) -> None:
        """Show answers, say which messages of sliders are answered, and go on with what was asked in the meantime."""
        for side, panel, answer in found:
            if view.choice(side) is None or self.view.choice(side) is None:
                continue
            self.drawings[panel].show(side, answer if isinstance(answer, Answer) else None)
            self._say(panel, side, answer)
            if view.choice(side).own is not None and isinstance(answer, BoutonError):  # type: ignore[union-attr]
                self.sides[side].refuse(answer)
        for side, serial in echo.items():
            self.sides[side].sliders.echo = serial
        self._busy = False
        if "python" in self.looks.value:
            self._show_text("python", self._text("python", self.view))
        self._push()
        self._rename()
        self._go_on()

    def _say(self, panel: str, side: str, answer: Answer | Exception) -> None:
        said = dict(line.split(": ", 1) for line in self.notes[panel].object.splitlines() if ": " in line)
        trouble = f"{side.upper()}: "
        said.pop(side.upper(), None)
        if isinstance(answer, Exception):
            self.troubles[panel].text = trouble + explained(answer)
        else:
            if answer.note:
                said[side.upper()] = answer.note
            if self.troubles[panel].text.startswith(trouble):
                self.troubles[panel].text = ""
        lines = [f"{name}: {text}" for name, text in sorted(said.items()) if name == "A" or self.view.b is not None]
        self.notes[panel].object = "\n".join(lines)

    def _soon(self, change: Callable[[], None]) -> None:
        """Change figures when the document is ours: Panel holds no lock for them while it calls us."""
        if self.document is None or self.document.session_context is None:
            change()
        else:
            self.document.add_next_tick_callback(change)

    def _run(self, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        """Do something in the worker's thread, and something with the result in that of the document."""
        document = self.document
        if self.worker is None or document is None or document.session_context is None:
            then(work())
            return

        def show(result: Any) -> None:
            with set_curdoc(document), hold(document):
                then(result)

        def done(future: Future[Any]) -> None:
            document.add_next_tick_callback(partial(show, future.result()))

        self.worker.submit(work).add_done_callback(done)

    def _push(self) -> None:
        """In a notebook, send what has changed in figures."""
        if self.document is None:
            pn.io.push_notebook(*(pane for column in self.panes.values() for pane in column))

    def _rename(self) -> None:
        """The address of what is shown, not more often than twice a second."""
        if self.document is None or self.document.session_context is None or self._renaming:
            return
        self._renaming = True

        def rename() -> None:
            self._renaming = False
            with set_curdoc(self.document):
                self.address.query = to_query(self.view)

        self.document.add_timeout_callback(rename, 500)


HEADING = {"font-family": "sans-serif"}
NOTE = {"font": "12px sans-serif", "color": "#333333"}
