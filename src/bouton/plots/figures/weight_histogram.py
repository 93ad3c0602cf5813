"""How many synapses have which weight: over time, and at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bouton.plots.given import (
    Floats,
    Samples,
    is_projection,
    number_in,
    of_synapses,
    plain,
    refuse,
    samples_of,
    time_axis,
    with_unit,
)
from bouton.plots.marks import DASHED
from bouton.plots.style import COLOURS, panels, root, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@styled
def weight_histogram(
    weights: Any,
    *,
    variable: str = "w",
    bins: int = 20,
    limits: tuple[Any, Any] | None = None,
    before: Any = None,
    across: bool = False,
    axes: Any = None,
) -> Axes | tuple[Axes, Axes]:
    """Draw a histogram of weights as they are, or, of weights over time, an image of all histograms, its colours on a
    logarithmic scale, and the last one beside it.

    Parameters
    ----------
    weights: ``sim[synapses]``, or an array of weights; for the image a `TraceRecording`, a labelled array over time, or
        ``(times, weights)``, times with a unit and weights [time, synapse]. Synapses that are gone (NaN) do not count.
    variable: of ``sim[synapses]``.
    bins, limits: the number of bins, and where the first begins and the last ends; by default from the lowest to the highest
        weight. What lies outside is not shown.
    before: a weight that becomes a dashed line: where all began.
    across: whether the bars of a histogram lie on their side, to stand right of weights over time.
    axes: one panel for weights as they are; one (the image) or two for weights over time.

    Returns the axes, or those of the image and of the histogram. Raises NetworkError (E401) for what has no weights.
    """
    from matplotlib.colors import LogNorm

    found = _read(weights, variable)
    edges = _edges(found, bins, limits)
    dashed = None if before is None else number_in(before, found.unit, "weight_histogram")
    label = with_unit(found.label or "Weight", found.unit)
    if not len(found.times):
        (drawn,) = panels(axes, 1, 2.2)
        _bars(drawn, found.values[-1], edges, label, dashed, across=across)
        return drawn
    alone = axes is not None and np.size(np.asarray(axes, dtype=object)) == 1
    drawn_in = panels(axes, 1 if alone else 2, 2.4, ncols=2, sharey=True, width_ratios=(2.4, 1))
    image = drawn_in[0]
    scale, xlabel = time_axis(float(found.times[-1]))
    counts = np.array([np.histogram(row, edges)[0] for row in found.values])
    shown = np.ma.masked_equal(counts.T, 0)
    norm = LogNorm(1, max(int(counts.max()), 2))  # one weight may be that of most synapses
    mesh = image.pcolormesh(_around(found.times / scale), edges, shown, cmap="viridis_r", norm=norm, rasterized=True)
    image.set(xlabel=xlabel, ylabel=label)
    root(image).colorbar(mesh, ax=list(drawn_in), location="top", label="Synapses", aspect=40, pad=0.02)
    if alone:
        return image
    _bars(drawn_in[1], found.values[-1], edges, "", dashed, across=True)
    drawn_in[1].set(xlabel="Synapses\nat the end")
    return image, drawn_in[1]


def _read(given: Any, variable: str) -> Samples:
    """Weights over time, or as the only row of those that have no times."""
    if is_projection(given):
        values, unit = of_synapses(given, variable)
        return Samples(np.empty(0), values[np.newaxis], np.arange(len(values)), variable, unit)
    if isinstance(given, tuple) or hasattr(given, "times") or (hasattr(given, "dims") and given.ndim == 2):
        return samples_of(given, "weight_histogram")
    try:
        values, unit = plain(given)
    except (TypeError, ValueError):
        refuse(given, "weight_histogram", "sim[projection], a recording of weights over time, or an array of weights")
    return Samples(np.empty(0), values.reshape(1, -1), np.arange(values.size), "", unit)


def _edges(found: Samples, bins: int, limits: tuple[Any, Any] | None) -> Floats:
    """The edges of the bins."""
    if limits is not None:
        low, high = (number_in(limit, found.unit, "weight_histogram") for limit in limits)
        return np.linspace(low, high, bins + 1)
    there = found.values[np.isfinite(found.values)]
    if not there.size:
        refuse(found.values, "weight_histogram", "at least one weight")
    edges: Floats = np.histogram_bin_edges(there, bins)
    return edges


def _around(times: Floats) -> Floats:
    """Edges between samples, each in the middle of its interval."""
    if len(times) == 1:
        return np.array([times[0] - 0.5, times[0] + 0.5])
    between = 0.5 * (times[1:] + times[:-1])
    return np.concatenate([[2 * times[0] - between[0]], between, [2 * times[-1] - between[-1]]])


def _bars(axes: Axes, weights: Floats, edges: Floats, label: str, before: float | None, *, across: bool) -> None:
    """One histogram; its bars stand, or lie on their side."""
    counts, _ = np.histogram(weights, edges)
    draw, line = (axes.barh, axes.axhline) if across else (axes.bar, axes.axvline)
    draw(0.5 * (edges[1:] + edges[:-1]), counts, 0.88 * np.diff(edges), color=COLOURS["blue"], linewidth=0)
    if before is not None:
        line(before, color=COLOURS["black"], linewidth=0.8, linestyle=DASHED)
    limits = (edges[0], edges[-1])
    if across:
        axes.set(xlabel="Synapses", ylabel=label, ylim=limits)
    else:
        axes.set(xlabel=label, ylabel="Synapses", xlim=limits)
