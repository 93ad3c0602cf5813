"""Spikes, the weight at the beginning, the time step: typed, and spikes also drawn by clicking on an axis."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, final

import panel as pn
from bokeh.events import Tap
from bokeh.models import ColumnDataSource, FixedTicker, Range1d
from bokeh.plotting import figure

from bouton.errors import BoutonError
from bouton.explore.app.widgets import Message
from bouton.explore.limits import check_number, check_train, explained
from bouton.explore.view import PANELS, STEPS, View, check_step, read_train
from bouton.plots.style import COLOURS

TRAINS = {"pre": "Presynaptic spikes (ms)", "post": "Postsynaptic spikes (ms)", "train": "Train for the short-term response (ms)"}
TRAINS |= {"third": "Third events, such as rewards (ms)"}
ROW = {"pre": 2, "post": 1, "train": 0}
AFFECTED = {"pre": ("traces",), "post": ("traces",), "train": ("short_term",)}
AUTO = "as suits the rule"


@final
class Stimulus:
    """Controls of what a view has besides the rules.

    ``changed`` is called with its name, the value and the panels concerned, ``soon`` with what changes a figure.
    """

    def __init__(
        self,
        view: View,
        changed: Callable[[str, Any, Sequence[str]], None],
        soon: Callable[[Callable[[], None]], None],
    ) -> None:
        self.view, self._changed, self._soon = view, changed, soon
        wide = {"sizing_mode": "stretch_width"}
        self.trains = {name: pn.widgets.TextInput(label=title, value=_text(view, name), **wide) for name, title in TRAINS.items()}
        self.weight = pn.widgets.TextInput(
            label="Weight at the beginning", value="" if view.w is None else f"{view.w:g}", placeholder=AUTO, **wide
        )
        self.level = pn.widgets.TextInput(label="Level of linked variables", value=f"{view.level:g}", **wide)
        self.step = pn.widgets.Select(
            label="Time step (ms)",
            options=[AUTO, *map(str, STEPS)],
            value=AUTO if view.dt is None else str(view.dt),
            **wide,
        )
        self.trouble = Message(label="message on spikes", **wide)
        self.source = ColumnDataSource({"time": [], "row": []}, name="spikes")
        self.axis = self._axis()
        self.column = pn.Column(
            pn.pane.HTML(
                "<h2>Spikes</h2>Click on the axis to add a spike, and on a spike to remove it; or type times below.",
                styles={"font-family": "sans-serif"},
                **wide,
            ),
            pn.pane.Bokeh(self.axis, **wide),
            *self.trains.values(),
            self.trouble,
            self.weight,
            self.level,
            self.step,
            **wide,
        )
        for name, widget in self.trains.items():
            widget.param.watch(lambda event, name=name: self._typed(name, event.new), "value")
        self.weight.param.watch(lambda event: self._take("w", event.new), "value")
        self.level.param.watch(lambda event: self._take("level", event.new), "value")
        self.step.param.watch(lambda event: self._take("dt", event.new), "value")
        self._draw()

    def _axis(self) -> Any:
        made = figure(
            height=130, sizing_mode="stretch_width", toolbar_location=None, tools="", x_range=Range1d(0, 250), y_range=(-0.6, 2.6)
        )
        made.scatter(
            "time", "row", source=self.source, marker="dash", angle=1.5707963, size=18, color=COLOURS["blue"], line_width=2
        )
        made.yaxis.ticker = FixedTicker(ticks=list(ROW.values()))
        made.yaxis.major_label_overrides = {row: name for name, row in ROW.items()}
        made.xaxis.axis_label = "Time (ms)"
        made.grid.grid_line_color = None
        made.on_event(Tap, self._tapped)
        return made

    def _draw(self) -> None:
        pairs = [(time, row) for name, row in ROW.items() for time in getattr(self.view, name)]
        self.source.data = {"time": [time for time, _ in pairs], "row": [row for _, row in pairs]}
        self.axis.x_range.end = max(250.0, 1.1 * max((time for time, _ in pairs), default=0.0))

    def _tapped(self, event: Any) -> None:
        """Add a spike to the row that was clicked, or remove the one that is there."""
        if event.x is None or event.y is None:
            return
        name = min(ROW, key=lambda each: abs(ROW[each] - event.y))
        times, near = getattr(self.view, name), self.axis.x_range.end / 60
        close = [time for time in times if abs(time - event.x) < near]
        if close:
            chosen = [time for time in times if time != min(close, key=lambda time: abs(time - event.x))]
        else:
            chosen = [*times, float(round(event.x))]
        self._set(name, lambda: check_train(chosen, name))
        self.trains[name].value = _text(self.view, name)

    def _typed(self, name: str, text: str) -> None:
        if text != _text(self.view, name):
            self._set(name, lambda: read_train(text, TRAINS[name]))

    def _take(self, name: str, text: str) -> None:
        if name == "dt":
            self._set(name, lambda: None if text == AUTO else check_step(text))
        else:
            self._set(name, lambda: None if name == "w" and not text.strip() else check_number(text, name))

    def _set(self, name: str, read: Callable[[], Any]) -> None:
        try:
            self.view = self.view.with_value(name, read())
        except BoutonError as error:
            self.trouble.text = explained(error)
            return
        self.trouble.text = ""
        if name in ROW:
            self._soon(self._draw)
        self._changed(name, getattr(self.view, name), AFFECTED.get(name, tuple(PANELS)))


def _text(view: View, name: str) -> str:
    return " ".join(f"{time:.12g}" for time in getattr(view, name))
