"""Spikes as marks: one row for each element."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from bouton.plots.style import COLOURS, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@styled
def raster(
    axes: Axes,
    times: ArrayLike,
    indices: ArrayLike,
    *,
    size: int | None = None,
    colour: str = "black",
    ylabel: str = "Neuron",
    xlabel: str = "Time (ms)",
    fill: float = 0.8,
) -> Axes:
    """A vertical mark for each spike; ``times`` and ``indices`` are [spike]. Returns the axes.

    ``size`` is the number of rows, ``fill`` how much of its row a mark takes. More than 2000 marks become an image
    in vector files, which would be slow to show otherwise.
    """
    t, i = np.asarray(times), np.asarray(indices)
    rows = int(i.max(initial=0)) + 1 if size is None else size
    width = 0.8 if rows <= 50 else 0.5
    marks = axes.vlines(t, i - fill / 2, i + fill / 2, color=COLOURS[colour], linewidth=width)
    marks.set_rasterized(len(t) > 2000)
    axes.set(ylim=(-0.6, rows - 0.4), ylabel=ylabel)
    axes.margins(x=0)
    if xlabel:
        axes.set_xlabel(xlabel)
    else:
        axes.tick_params(labelbottom=False)
    return axes


@styled
def spike_marks(axes: Axes, times: ArrayLike, *, colour: str = "black", label: str = "") -> Axes:
    """One train as a thin row without axes of its own, to stand above traces. Returns the axes."""
    raster(axes, times, np.zeros(np.shape(times)), size=1, colour=colour, ylabel="", xlabel="")
    axes.set_yticks([0], [label])
    axes.tick_params(length=0, labelbottom=False)
    for side in axes.spines.values():
        side.set_visible(False)
    return axes
