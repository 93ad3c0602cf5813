"""Independent copies of a simulation together: their mean and spread over time, and next to published ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from bouton.plots.style import COLOURS, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@styled
def mean_and_sd(axes: Axes, x: ArrayLike, values: ArrayLike, colour: str, label: str) -> Axes:
    """The mean over the copies of ``values`` [sample, copy] as a line, ± one SD as a band. Returns the axes."""
    data = np.asarray(values)
    mean, sd = data.mean(axis=1), data.std(axis=1, ddof=1)
    axes.fill_between(np.asarray(x), mean - sd, mean + sd, color=COLOURS[colour], alpha=0.25, linewidth=0)
    axes.plot(np.asarray(x), mean, color=COLOURS[colour], label=label)
    return axes


@styled
def copies_and_published(
    axes: Axes, place: float, values: ArrayLike, mean: float, sd: float, *, colour: str, labels: tuple[str | None, str | None]
) -> Axes:
    """One number of each copy as a dot left of ``place``, and to the right of it the published mean ± SD.

    ``labels`` name our dots and their mark in the legend; None leaves one out. Returns the axes.
    """
    data = np.sort(np.asarray(values).ravel())
    scatter = 0.14 * (np.arange(len(data)) * 0.618034 % 1.0 - 0.5)  # spread evenly, the same in each drawing
    ours, theirs = labels
    axes.plot(place - 0.2 + scatter, data, "o", markersize=2, markeredgewidth=0, alpha=0.6, color=COLOURS[colour], label=ours)
    axes.plot([place - 0.3, place - 0.1], [data.mean()] * 2, color=COLOURS["black"], linewidth=1.2)
    axes.errorbar(place + 0.18, mean, sd, fmt="s", markersize=3, capsize=2, elinewidth=0.8, color=COLOURS["black"], label=theirs)
    return axes
