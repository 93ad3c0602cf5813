"""The page of an experiment: its settings, a run that can be cancelled, and how far it is from what was published."""

from __future__ import annotations

import html
import io
import time
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any, final

import numpy as np
import panel as pn
from panel.io.state import set_curdoc

from bouton import experiments
from bouton.equations.values import read_value
from bouton.errors import BoutonError
from bouton.experiments import Result
from bouton.explore.app.widgets import Message
from bouton.explore.limits import Stopped, cancellable, explained

LONGEST = 12
"""Settings with more values than these are not shown."""
EVERY = 250
"""Milliseconds between two looks at a run."""


@final
class ExperimentPage(pn.viewable.Viewer):  # type: ignore[misc]  # Panel has no types
    """Choose an experiment, change its settings, run it, cancel it, look at its figure."""

    def __init__(self, name: str, worker: ThreadPoolExecutor, **params: Any) -> None:
        super().__init__(**params)
        self.worker, self.document = worker, pn.state.curdoc
        self._cancelled, self._reached = False, (0.0, 0.0)
        self._begin = 0.0
        self._timer: Any = None
        wide = {"sizing_mode": "stretch_width"}
        self.name_of = pn.widgets.Select(label="Experiment", options=list(experiments.names()), value=name, **wide)
        self.about = pn.pane.HTML("", **wide)
        self.settings: dict[str, Any] = {}
        self.mistakes: dict[str, Message] = {}
        self.controls = pn.Column(margin=0, **wide)
        self.start = pn.widgets.Button(label="Run", button_type="primary")
        self.stop = pn.widgets.Button(label="Cancel", disabled=True)
        self.progress = pn.pane.Str("", styles={"font": "13px sans-serif"}, **wide)
        self.trouble = Message(label="message on the run", **wide)
        self.checks = pn.pane.HTML(
            "", stylesheets=["td, th { padding: 2px 14px 2px 0; text-align: left; } td { font-size: 13px; }"], **wide
        )
        self.figure = pn.pane.PNG(None, alt_text="figure of the experiment", max_width=1000, **wide)
        left = pn.Column(self.name_of, self.about, self.controls, pn.Row(self.start, self.stop), width=380)
        right = pn.Column(self.progress, self.trouble, self.checks, self.figure, **wide)
        self.layout = pn.Row(left, right, **wide)
        self.name_of.param.watch(lambda event: self._take(event.new), "value")
        self.start.on_click(lambda _: self._start())
        self.stop.on_click(lambda _: self._stop())
        self._take(name)

    def __panel__(self) -> Any:
        return self.layout

    def _take(self, name: str) -> None:
        """Another experiment."""
        self.experiment = experiments.find(name)
        said = (html.escape(part) for part in (self.experiment.title, self.experiment.source))
        self.about.object = "<p><b>{}</b><br>{}</p>".format(*said)
        self.settings, self.mistakes, parts = {}, {}, []
        for key, value in self.experiment.settings.items():
            text = shown(value)
            if text is None:
                continue
            self.settings[key] = pn.widgets.TextInput(label=key, value=text, sizing_mode="stretch_width")
            self.mistakes[key] = Message(label=f"message on {key}", sizing_mode="stretch_width")
            self.settings[key].param.watch(lambda _, key=key: self._read(key), "value")
            parts += [self.settings[key], self.mistakes[key]]
        self.controls.objects = parts
        self.checks.object, self.figure.object, self.progress.object, self.trouble.text = "", None, "", ""

    def _read(self, key: str) -> Any:
        """A setting as it is typed; what is wrong with it is said below it. None if it is as it was at first, or wrong."""
        default = self.experiment.settings[key]
        text = self.settings[key].value[:500]
        self.mistakes[key].text = ""
        if text == shown(default):
            return None
        try:
            return read_value(text, default, key)
        except (BoutonError, ArithmeticError) as error:
            self.mistakes[key].text = explained(error)
            return None

    def _start(self) -> None:
        given = {key: value for key in self.settings if (value := self._read(key)) is not None}
        if any(mistake.text for mistake in self.mistakes.values()):
            return
        self._cancelled, self._begin = False, time.perf_counter()
        self.start.disabled, self.stop.disabled = True, False
        self.trouble.text = ""
        self.progress.object = "waiting for the simulator …"
        self._timer = self.document.add_periodic_callback(self._tell, EVERY)
        self.worker.submit(self._work, given).add_done_callback(self._done)

    def _stop(self) -> None:
        self._cancelled = True
        self.progress.object = "stopping …"

    def _work(self, given: dict[str, Any]) -> tuple[Result, bytes]:
        """In the worker's thread: the run, and its figure as a picture."""

        def told(done: float, total: float) -> None:
            self._reached = (done, total)

        with cancellable(told, lambda: self._cancelled):
            result = self.experiment.run(given)
        picture = io.BytesIO()
        self.experiment.figure(result).savefig(picture, dpi=150)
        return result, picture.getvalue()

    def _tell(self) -> None:
        done, total = self._reached
        if self.stop.disabled or self._cancelled:
            return
        with set_curdoc(self.document):
            took = time.perf_counter() - self._begin
            of = f"{done:.3g} of {total:.3g} s simulated ({done / total:.0%} of this run), " if total else "compiling, "
            self.progress.object = f"{of}{took:.0f} s so far"

    def _done(self, future: Future[tuple[Result, bytes]]) -> None:
        self.document.add_next_tick_callback(partial(self._show, future))

    def _show(self, future: Future[tuple[Result, bytes]]) -> None:
        with set_curdoc(self.document):
            self.document.remove_periodic_callback(self._timer)
            self.start.disabled, self.stop.disabled = False, True
            self._reached = (0.0, 0.0)
            took = f"{time.perf_counter() - self._begin:.1f} s"
            error = future.exception()
            if isinstance(error, Stopped):
                self.progress.object = f"cancelled after {took}"
            elif error is not None:
                self.progress.object = ""
                self.trouble.text = explained(error)  # type: ignore[arg-type]  # an Exception
            else:
                result, picture = future.result()
                self.progress.object = f"done in {took}"
                self.checks.object = table(result)
                self.figure.object = picture


def shown(value: Any) -> str | None:
    """A setting as text that `read_value` reads; None for what has too many values, or is no number."""
    numbers, unit = np.asarray(getattr(value, "magnitude", value)), ""
    if numbers.dtype.kind not in "iuf" or numbers.ndim > 1 or numbers.size > LONGEST:
        return None
    if hasattr(value, "units"):
        unit = f" {value.units:~}".rstrip()
    if numbers.ndim:
        return f"[{', '.join(f'{number:.12g}' for number in numbers)}]{unit}"
    return f"{numbers[()]:.12g}{unit}"


def table(result: Result) -> str:
    """Each check with how far it is from its reference, as a table of a page."""
    if not result.checks:
        return "<p>These settings are not those that were published: there is nothing to compare with.</p>"
    rows = "".join(
        f"<tr><td>{html.escape(check.what)}</td><td>{check.deviation:.3g}</td><td>{check.limit:.3g}</td>"
        f"<td>{'passed' if check.passed else 'FAILED'}</td></tr>"
        for check in result.checks
    )
    head = "<tr><th>Compared</th><th>Deviation</th><th>Limit</th><th>Result</th></tr>"
    return f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>"
