"""Variables against time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bouton.plots.style import COLOURS, CYCLE, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@styled
def traces(
    axes: Axes,
    times: ArrayLike,
    values: ArrayLike,
    *,
    labels: Sequence[str] = (),
    colours: Sequence[str] = CYCLE,
    ylabel: str = "",
    xlabel: str = "Time (ms)",
    linewidth: float = 1.0,
) -> Axes:
    """One line for each column of ``values``, [time] or [time, line]. An empty ``xlabel`` hides the times. Returns the axes."""
    x, y = np.asarray(times), np.asarray(values)
    for number, column in enumerate(np.atleast_2d(y.T)):
        label = labels[number] if number < len(labels) else None
        axes.plot(x, column, color=COLOURS[colours[number % len(colours)]], linewidth=linewidth, label=label)
    _span(axes, x)
    axes.set_ylabel(ylabel)
    if xlabel:
        axes.set_xlabel(xlabel)
    else:
        axes.tick_params(labelbottom=False)
    return axes


@styled
def stacked(
    axes: Axes,
    times: ArrayLike,
    values: ArrayLike,
    *,
    names: Sequence[str],
    scale: tuple[float, str] | None = None,
    colour: str = "blue",
    xlabel: str = "Time (ms)",
) -> Axes:
    """Lines above one another, each on its own base line with its name at the left, all to one scale. Returns the axes.

    ``values`` are [time, line]; the first is at the top. ``scale`` draws a bar of that height with its label over the last line.
    """
    x, y = np.asarray(times), np.asarray(values)
    spacing = 1.15 * float(np.abs(y).max(initial=1e-12))
    bases = spacing * np.arange(y.shape[1])[::-1]
    axes.plot(x, np.broadcast_to(bases, y.shape), color=COLOURS["grey"], linewidth=0.4)
    axes.plot(x, y + bases, color=COLOURS[colour])
    _span(axes, x)
    axes.set_yticks(bases, names)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(xlabel)
    if scale is not None:
        at = float(x[0] + 0.03 * (x[-1] - x[0]))
        axes.plot([at, at], [0.15 * spacing, 0.15 * spacing + scale[0]], color=COLOURS["black"], linewidth=1.5)
        axes.annotate(
            scale[1], (at, 0.15 * spacing + 0.5 * scale[0]), (4, 0), textcoords="offset points", va="center", fontsize=7
        )
    return axes


@styled
def spiking_trace(
    axes: Axes,
    times: ArrayLike,
    values: ArrayLike,
    spikes: ArrayLike,
    *,
    peak: float,
    threshold: float | None = None,
    colour: str = "blue",
    ylabel: str = "Membrane potential (mV)",
    xlabel: str = "Time (ms)",
) -> Axes:
    """A membrane potential whose spikes are drawn up to ``peak``: the model itself only resets. Returns the axes.

    ``times`` and ``values`` are [time], ``spikes`` [spike]; ``threshold`` becomes a dashed line.
    """
    traces(axes, times, values, colours=(colour,), ylabel=ylabel, xlabel=xlabel)
    base = np.interp(np.asarray(spikes), np.asarray(times), np.asarray(values))
    axes.vlines(np.asarray(spikes), base, peak, color=COLOURS[colour], linewidth=1.0)
    if threshold is not None:
        axes.axhline(threshold, color=COLOURS["grey"], linewidth=0.6, linestyle=(0, (4, 3)), zorder=0)
    return axes


def _span(axes: Axes, times: NDArray[Any]) -> None:
    """Limits from the first sample to the end of the last one's interval."""
    if len(times) > 1:
        axes.set_xlim(times[0], 2 * times[-1] - times[-2])
