"""Weights: how they move, and how they end up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bouton.plots.style import COLOURS, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@styled
def weight_history(
    axes: Axes,
    times: ArrayLike,
    weights: ArrayLike,
    *,
    highlighted: ArrayLike = (),
    colours: tuple[str, ...] = ("vermilion", "blue", "green"),
    ylabel: str = "Weight",
    xlabel: str = "Time (s)",
) -> Axes:
    """All weights as faint lines, [time, synapse], some of them in colour. Returns the axes."""
    t, w = np.asarray(times), np.asarray(weights)
    crowd = axes.plot(t, w, color=COLOURS["grey"], linewidth=0.4, alpha=0.25, zorder=1)
    for line in crowd:
        line.set_rasterized(len(crowd) > 50)
    chosen: NDArray[Any] = np.atleast_1d(np.asarray(highlighted, dtype=np.int64))
    for number, synapse in enumerate(chosen):
        axes.plot(t, w[:, synapse], color=COLOURS[colours[number % len(colours)]], linewidth=1.2, zorder=2)
    axes.set(xlabel=xlabel, ylabel=ylabel)
    if len(t) > 1:
        axes.set_xlim(t[0], 2 * t[-1] - t[-2])
    return axes


@styled
def weight_histogram(
    axes: Axes,
    weights: ArrayLike,
    *,
    limits: tuple[float, float],
    before: float | None = None,
    bins: int = 20,
    across: bool = False,
    xlabel: str = "Weight",
    ylabel: str = "Synapses",
) -> Axes:
    """How many synapses have which weight; a dashed line shows where all began. Returns the axes.

    ``across`` lays the bars on their side, to stand right of a `weight_history` of the same limits.
    """
    counts, edges = np.histogram(np.asarray(weights), bins=bins, range=limits)
    draw, line = (axes.barh, axes.axhline) if across else (axes.bar, axes.axvline)
    draw(0.5 * (edges[1:] + edges[:-1]), counts, 0.88 * np.diff(edges), color=COLOURS["blue"], linewidth=0)
    if before is not None:
        line(before, color=COLOURS["black"], linewidth=0.8, linestyle=(0, (4, 3)))
    if across:
        axes.set(xlabel=ylabel, ylabel=xlabel, ylim=limits)
    else:
        axes.set(xlabel=xlabel, ylabel=ylabel, xlim=limits)
    return axes
