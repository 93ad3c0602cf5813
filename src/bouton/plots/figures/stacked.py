"""Traces above one another, all to one scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from bouton.plots.given import number_in, samples_of, time_axis
from bouton.plots.marks import label_below, span
from bouton.plots.style import COLOURS, place, styled
from bouton.units import QUANTITY_TYPE

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@styled
def stacked(
    recording: Any,
    *,
    elements: Any = None,
    names: Sequence[str] | None = None,
    scale: Any = None,
    colour: str = "blue",
    axes: Axes | None = None,
) -> Axes:
    """Draw each element's line on a base line of its own, the first at the top, with its name at the left. Returns the axes.

    Parameters
    ----------
    recording: a `TraceRecording`, a labelled array over time, or ``(times, values)``, times with a unit.
    elements: the ids of those to draw, by default all.
    names: of the lines, by default the ids.
    scale: a value of the variable, which becomes a bar of that height at the right, with its label.

    Base lines are at 0 for traces that begin anywhere: draw differences for those that are all far from it.
    Raises NetworkError (E401) for what is no recording over time, SimulationError (E603) for elements that are not recorded.
    """
    found = samples_of(recording, "stacked", elements)
    drawn = place(axes, 2.4)
    divisor, xlabel = time_axis(float(found.times[-1]) if len(found.times) else 0.0)
    x, y = found.times / divisor, found.values
    spacing = 1.15 * max(float(np.nanmax(np.abs(y), initial=0.0)), 1e-12)
    bases = spacing * np.arange(y.shape[1])[::-1]
    drawn.plot(x, np.broadcast_to(bases, y.shape), color=COLOURS["grey"], linewidth=0.4)
    drawn.plot(x, y + bases, color=COLOURS[colour])
    span(drawn, x)
    drawn.set_yticks(bases, [str(element) for element in found.ids] if names is None else names)
    drawn.tick_params(axis="y", length=0)
    drawn.spines["left"].set_visible(False)
    label_below(drawn, xlabel)
    drawn.set_ylabel(f"{found.owner} {found.label}".strip())
    if scale is not None and len(x):
        height = number_in(scale, found.unit, "stacked")
        label = f"{scale:~P}" if isinstance(scale, QUANTITY_TYPE) else f"{height:g}"
        beside: Any = {"transform": drawn.get_yaxis_transform(), "clip_on": False}
        drawn.plot([1.015, 1.015], [0.0, height], color=COLOURS["black"], linewidth=1.5, **beside)
        drawn.text(1.03, 0.5 * height, label, va="center", fontsize=7, **beside)
    return drawn
