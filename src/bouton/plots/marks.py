"""What several figures draw: lines of reference, what was measured, rows of spikes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bouton.plots.style import COLOURS, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

DASHED = (0, (4, 3))


def reference(axes: Axes, at: float = 0.0, *, upright: bool = False) -> None:
    """A thin line behind all others: of no change, or of no lag."""
    (axes.axvline if upright else axes.axhline)(at, color=COLOURS["grey"], linewidth=0.6, zorder=0)


def measured(axes: Axes, x: ArrayLike, y: ArrayLike, error: ArrayLike | None, colour: str, **options: Any) -> None:
    """Points with error bars: of an experiment, beside the lines or bars of a rule."""
    axes.errorbar(x, y, error, fmt="o", color=COLOURS[colour], **{"markersize": 3, **options})


def span(axes: Axes, times: NDArray[Any]) -> None:
    """Limits around the intervals that samples stand for: the ones that they begin, or end if the first is an interval from 0."""
    if len(times) > 1:
        step = times[-1] - times[-2]
        ending = 0 < times[0] <= 1.001 * step
        axes.set_xlim(times[0] - step if ending else times[0], times[-1] if ending else times[-1] + step)


def label_below(axes: Axes, label: str) -> None:
    """The label of an x-axis, at the lowest of the axes that share it, unless that has one."""
    box = axes.get_position()
    near = (other for other in axes.get_shared_x_axes().get_siblings(axes) if other.figure is axes.figure)
    places = [(other.get_position(), other) for other in near]
    below = [(at.y0, other) for at, other in places if at.y1 < box.y0 + 1e-9 and at.x0 < box.x1 and box.x0 < at.x1]
    lowest = min(below, key=lambda each: each[0])[1] if below else axes
    if lowest is axes or not lowest.get_xlabel():
        lowest.set_xlabel(label)


def whole_numbers(axis: Axis) -> None:
    """Ticks at whole numbers only: neurons are counted."""
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator("auto", integer=True, steps=[1, 2, 5, 10]))


def spike_rows(axes: Axes, times: NDArray[Any], rows: NDArray[Any], *, colour: str, fill: float, width: float) -> None:
    """A vertical mark for each spike, which takes ``fill`` of its row; many become an image in vector files."""
    marks = axes.vlines(times, rows - fill / 2, rows + fill / 2, color=COLOURS[colour], linewidth=width)
    marks.set_rasterized(len(times) > 2000)
    axes.margins(x=0)


@styled
def spike_marks(axes: Axes, times: ArrayLike, *, colour: str = "black", label: str = "") -> Axes:
    """One train as a thin row without axes of its own, to stand above traces. Returns the axes."""
    given = np.asarray(times)
    spike_rows(axes, given, np.zeros(len(given)), colour=colour, fill=0.8, width=0.8)
    axes.set(ylim=(-0.6, 0.6))
    axes.set_yticks([0], [label])
    axes.tick_params(length=0, labelbottom=False)
    for side in axes.spines.values():
        side.set_visible(False)
    return axes
