"""The figures of the panels, in Bokeh: one source of data for each side, patched when numbers change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, final

import numpy as np
from bokeh.models import ColumnDataSource, DataRange1d, FactorRange, Legend, LegendItem, Span, Whisker
from bokeh.plotting import figure
from bokeh.transform import dodge

from bouton.explore.bench import Columns
from bouton.plots.style import COLOURS, CYCLE
from bouton.protocols.laboratory import frequency, triplets

SIDES = {"a": "blue", "b": "vermilion"}
DASH = {"a": "solid", "b": "dashed"}


@final
class Drawing:
    """A figure and the sources of its two sides."""

    def __init__(self, panel: str, shape: Any, sources: Mapping[str, ColumnDataSource]) -> None:
        self.panel, self.figure, self.sources = panel, shape, sources

    def show(self, side: str, columns: Columns | None) -> None:
        """New numbers for a side; None takes it off. Columns that are as long as before and have changed are patched."""
        source = self.sources[side]
        if columns is None:
            source.data = {name: [] for name in source.data}
            return
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
    for lag, name, mark, measured, error in zip(
        frequency.LAGS, ("plus", "minus"), ("circle", "square"), frequency.MEASURED, frequency.ERRORS, strict=True
    ):
        data = {"rate": frequency.RATES, "y": measured, "low": measured - error, "high": measured + error}
        points = ColumnDataSource(data)
        made.scatter("rate", "y", source=points, marker=mark, size=7, color="black", legend_label=f"measured, {lag:+g} ms")
        made.add_layout(Whisker(base="rate", upper="high", lower="low", source=points, line_color="black"))
        made.scatter("rate", "low", source=points, alpha=0)  # whiskers alone do not widen the range of an axis
        made.scatter("rate", "high", source=points, alpha=0)
        for side, source in sources.items():
            made.line("rate", name, source=source, color=COLOURS[SIDES[side]], line_dash=DASH[side], line_width=1.5)
            made.scatter("rate", name, source=source, marker=mark, fill_color="white", line_color=COLOURS[SIDES[side]], size=6)
    _style(made.legend[0])
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
    made.add_layout(Whisker(base="group", upper="high", lower="low", source=measured, line_color="black"))
    made.scatter("group", "y", source=measured, size=8, color="black", legend_label="measured")
    _style(made.legend[0])
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


def _style(legend: Legend) -> None:
    legend.label_text_font_size = "11px"
    legend.padding, legend.spacing = 2, 0
    legend.background_fill_alpha = 0.7
    legend.location = "top_left"


@final
class Traces:
    """The weight, and below it all other variables; a variant has variables of its own, so that lines are made anew."""

    def __init__(self) -> None:
        self.weight = _plain("weight", "", "w")
        self.weight.height = 170
        self.states = _plain("states", "Time (ms)", "State", x_range=self.weight.x_range)
        self.states.line([], [])  # so that there is something to draw before there are numbers
        self.legend = Legend(items=[])
        _style(self.legend)
        self.states.add_layout(self.legend)
        self.sources = _sources("traces", "time", "w")
        for side, source in self.sources.items():
            self.weight.line("time", "w", source=source, color=COLOURS[SIDES[side]], line_dash=DASH[side], line_width=2)
        self.lines: dict[str, tuple[str, ...]] = {}

    def show(self, side: str, columns: Columns | None) -> None:
        """New numbers for a side, None takes it off."""
        names = () if columns is None else tuple(name for name in columns if name not in {"time", "w"})
        if self.lines.get(side) != names:
            self._draw(side, names, columns)
        drawing = Drawing("traces", self.states, self.sources)
        drawing.show(side, columns)

    def _draw(self, side: str, names: tuple[str, ...], columns: Columns | None) -> None:
        source = self.sources[side]
        gone = [each for each in self.states.renderers if each.name is not None and each.name.startswith(f"{side}:")]
        self.states.renderers = [each for each in self.states.renderers if each not in gone]
        items = [item for item in self.legend.items if not any(each in gone for each in item.renderers)]
        source.data = {name: [] for name in ("time", "w", *names)}
        for number, name in enumerate(names):
            line = self.states.line(
                "time",
                name,
                source=source,
                name=f"{side}:{name}",
                color=COLOURS[CYCLE[(number + 2) % len(CYCLE)]],
                line_dash=DASH[side],
                line_width=1.5,
            )
            items.append(LegendItem(label=name if side == "a" else f"{name} (B)", renderers=[line]))
        self.legend.items = items
        self.lines[side] = names


DRAWINGS: Mapping[str, Callable[[], Any]] = {
    "window": window,
    "frequency": frequency_curve,
    "triplets": triplet_bars,
    "short_term": short_term,
    "traces": Traces,
}
