"""The figures of the panels, in Bokeh: one source of data for each side, patched when numbers change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, final

import numpy as np
from bokeh.models import ColumnDataSource, DataRange1d, FactorRange, Legend, LegendItem, Span, Whisker
from bokeh.plotting import figure
from bokeh.transform import dodge

from bouton.explore.bench import Answer
from bouton.plots.style import COLOURS, CYCLE
from bouton.protocols.laboratory import frequency, triplets

SIDES = {"a": "blue", "b": "vermilion"}
DASH = {"a": "solid", "b": "dashed"}
COLUMNS = 5
"""Of a legend."""


@final
class Drawing:
    """A figure and the sources of its two sides."""

    def __init__(self, panel: str, shape: Any, sources: Mapping[str, ColumnDataSource]) -> None:
        self.panel, self.figure, self.sources = panel, shape, sources

    @property
    def figures(self) -> list[Any]:
        """From above to below."""
        return [self.figure]

    def show(self, side: str, answer: Answer | None) -> None:
        """New numbers for a side; None takes it off, and with it the figure if nothing else is in it."""
        fill(self.sources[side], answer)
        self.figure.visible = any(len(values) for source in self.sources.values() for values in source.data.values())


def fill(source: ColumnDataSource, answer: Answer | None) -> None:
    """New numbers for a source. Columns that are as long as before and have changed are patched."""
    if answer is None:
        source.data = {name: [] for name in source.data}
        return
    columns = answer.columns
    length = len(next(iter(columns.values())))
    new = dict.fromkeys(source.data, np.full(length, np.nan)) | dict(columns)
    if set(new) == set(source.data) and all(len(new[name]) == len(source.data[name]) for name in new):
        changed = [name for name in new if not np.array_equal(new[name], source.data[name])]
        if changed:
            source.patch({name: [(slice(None), np.asarray(new[name]).tolist())] for name in changed})
        return
    source.data = {name: np.array(values) for name, values in new.items()}  # of our own: they are patched


def _plain(title: str, x: str, y: str, **options: Any) -> Any:
    made = figure(height=270, sizing_mode="stretch_width", toolbar_location=None, tools="", title=None, **options)
    made.xaxis.axis_label, made.yaxis.axis_label = x, y
    made.min_border_left = 60
    made.grid.grid_line_color = "#eeeeee"
    made.name = title
    return made


def _sources(panel: str, *names: str) -> dict[str, ColumnDataSource]:
    return {side: ColumnDataSource({name: [] for name in names}, name=f"{panel}_{side}") for side in SIDES}


def _zero(made: Any, dimension: str = "width") -> None:
    made.add_layout(Span(location=0, dimension=dimension, line_color=COLOURS["grey"], line_width=1))


def _whiskers(made: Any, base: str, points: ColumnDataSource) -> None:
    made.add_layout(Whisker(base=base, upper="high", lower="low", source=points, line_color="black"))
    for end in ("low", "high"):  # whiskers alone do not widen the range of an axis
        made.scatter(base, end, source=points, alpha=0)


def window() -> Drawing:
    """The change of the weight against the lag."""
    made, sources = _plain("window", "Lag, post after pre (ms)", "Δw / w"), _sources("window", "lag", "change")
    _zero(made)
    _zero(made, "height")
    for side, source in sources.items():
        made.line("lag", "change", source=source, color=COLOURS[SIDES[side]], line_dash=DASH[side], line_width=2)
    return Drawing("window", made, sources)


def frequency_curve() -> Drawing:
    """The change against the rate of pairings, beside what was measured."""
    made = _plain("frequency", "Frequency of pairings (Hz)", "Δw / w")
    sources = _sources("frequency", "rate", "plus", "minus")
    _zero(made)
    legend = _legend(made)
    for lag, name, mark, measured, error in zip(
        frequency.LAGS, ("plus", "minus"), ("circle", "square"), frequency.MEASURED, frequency.ERRORS, strict=True
    ):
        data = {"rate": frequency.RATES, "y": measured, "low": measured - error, "high": measured + error}
        points = ColumnDataSource(data)
        shown = made.scatter("rate", "y", source=points, marker=mark, size=7, color="black")
        legend.items.append(LegendItem(label=f"measured, {lag:+g} ms", renderers=[shown]))
        _whiskers(made, "rate", points)
        for side, source in sources.items():
            made.line("rate", name, source=source, color=COLOURS[SIDES[side]], line_dash=DASH[side], line_width=1.5)
            made.scatter("rate", name, source=source, marker=mark, fill_color="white", line_color=COLOURS[SIDES[side]], size=6)
    return Drawing("frequency", made, sources)


def triplet_bars() -> Drawing:
    """Bars for the rule, points for what was measured."""
    groups = list(triplets.GROUPS)
    made = _plain("triplets", "", "Δw / w", x_range=FactorRange(*groups))
    made.height = 330
    made.xaxis.major_label_orientation = 1.0
    sources = _sources("triplets", "group", "change")
    _zero(made)
    for side, shift in (("a", -0.18), ("b", 0.18)):
        place = dodge("group", shift, range=made.x_range)
        made.vbar(place, top="change", width=0.34, source=sources[side], color=COLOURS[SIDES[side]])
    found = [(mean, error) for *_, mean, error in triplets.GROUPS.values()]
    measured = ColumnDataSource(
        {
            "group": groups,
            "y": [mean for mean, _ in found],
            "low": [mean - error for mean, error in found],
            "high": [mean + error for mean, error in found],
        }
    )
    _whiskers(made, "group", measured)
    shown = made.scatter("group", "y", source=measured, size=8, color="black")
    _legend(made).items.append(LegendItem(label="measured", renderers=[shown]))
    return Drawing("triplets", made, sources)


def short_term() -> Drawing:
    """What each spike transmits over what the first does."""
    made = _plain("short_term", "Time (ms)", "Response over the first", y_range=DataRange1d(start=0))
    sources = _sources("short_term", "time", "relative")
    for side, source in sources.items():
        colour = COLOURS[SIDES[side]]
        made.segment("time", 0, "time", "relative", source=source, color=colour, line_dash=DASH[side], line_width=2)
        made.scatter("time", "relative", source=source, color=colour, size=6)
    return Drawing("short_term", made, sources)


def _legend(made: Any) -> Legend:
    """A legend above a figure, where it hides nothing."""
    legend = Legend(items=[], orientation="horizontal", ncols=COLUMNS, label_text_font_size="11px", location="left")
    legend.padding, legend.margin, legend.spacing, legend.border_line_color = 0, 3, 10, None
    made.add_layout(legend, "above")
    return legend


@final
class Traces:
    """The weight, and below it all other variables, those that have a unit apart from those that have none.

    A variant has variables of its own, so that lines are made anew; a figure without any is not shown.
    """

    def __init__(self) -> None:
        self.weight = _plain("weight", "Time (ms)", "Weight w")
        self.weight.height = 190
        self.states = _plain("states", "Time (ms)", "State", x_range=self.weight.x_range)
        self.measured = _plain("measured", "Time (ms)", "State, in its unit", x_range=self.weight.x_range)
        self.legends = {}
        for shape in (self.states, self.measured):
            shape.line([], [])  # so that there is something to draw before there are numbers
            self.legends[shape] = _legend(shape)
        self.measured.visible = False
        self.sources = _sources("traces", "time", "w")
        for side, source in self.sources.items():
            self.weight.line("time", "w", source=source, color=COLOURS[SIDES[side]], line_dash=DASH[side], line_width=2)
        self.lines: dict[str, dict[str, str]] = {}

    @property
    def figures(self) -> list[Any]:
        """From above to below."""
        return [self.weight, self.states, self.measured]

    def show(self, side: str, answer: Answer | None) -> None:
        """New numbers for a side, None takes it off."""
        units = {} if answer is None else {name: answer.units.get(name, "") for name in answer.columns if name != "time"}
        if self.lines.get(side) != units:
            self._draw(side, units)
        fill(self.sources[side], answer)

    def _draw(self, side: str, units: Mapping[str, str]) -> None:
        """Lines for variables, given with their units."""
        source = self.sources[side]
        self.lines[side] = dict(units)
        source.data = {name: [] for name in ("time", "w", *units)}
        others = {name: unit for name, unit in units.items() if name != "w"}
        for shape, legend in self.legends.items():
            gone = [each for each in shape.renderers if each.name is not None and each.name.startswith(f"{side}:")]
            shape.renderers = [each for each in shape.renderers if each not in gone]
            items = [item for item in legend.items if not any(each in gone for each in item.renderers)]
            for number, (name, unit) in enumerate(others.items()):
                if bool(unit) == (shape is self.measured):
                    line = shape.line(
                        "time",
                        name,
                        source=source,
                        name=f"{side}:{name}",
                        color=COLOURS[CYCLE[(number + 2) % len(CYCLE)]],
                        line_dash=DASH[side],
                        line_width=1.5,
                    )
                    label = f"{name} ({unit})" if unit else name
                    items.append(LegendItem(label=label if side == "a" else f"{label}, B", renderers=[line]))
            legend.items = items
            shape.visible = bool(items)
        self.weight.visible = any("w" in found for found in self.lines.values())


DRAWINGS: Mapping[str, Callable[[], Any]] = {
    "window": window,
    "frequency": frequency_curve,
    "triplets": triplet_bars,
    "short_term": short_term,
    "traces": Traces,
}
