"""How weights move: all of them as faint lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bouton.plots.given import samples_of, time_axis, with_unit
from bouton.plots.marks import label_below, span
from bouton.plots.style import COLOURS, place, styled
from bouton.recording.base import place_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@styled
def weight_history(
    weights: Any,
    *,
    highlighted: ArrayLike = (),
    colours: tuple[str, ...] = ("vermilion", "blue", "green"),
    axes: Axes | None = None,
) -> Axes:
    """Draw the weights of all synapses over time, some of them in colour. Returns the axes.

    Parameters
    ----------
    weights: a `TraceRecording`, a labelled array over time, or ``(times, weights)``: times with a unit, weights [time, synapse].
    highlighted: the ids of the synapses in colour.

    More than 50 lines become an image in vector files.
    Raises NetworkError (E401) for what is no recording over time, SimulationError (E603) for synapses that are not recorded.
    """
    found = samples_of(weights, "weight_history")
    drawn = place(axes, 2.2)
    scale, xlabel = time_axis(float(found.times[-1]) if len(found.times) else 0.0)
    t = found.times / scale
    crowd = drawn.plot(t, found.values, color=COLOURS["grey"], linewidth=0.4, alpha=0.25, zorder=1)
    for line in crowd:
        line.set_rasterized(len(crowd) > 50)
    chosen: NDArray[Any] = np.atleast_1d(np.asarray(highlighted, dtype=np.int64))
    for number, synapse in enumerate(chosen):
        column = found.values[:, place_of(int(synapse), found.ids, "bt.plots.weight_history")]
        drawn.plot(t, column, color=COLOURS[colours[number % len(colours)]], linewidth=1.2, zorder=2)
    label_below(drawn, xlabel)
    drawn.set_ylabel(with_unit(found.label or "Weight", found.unit))
    span(drawn, t)
    return drawn
