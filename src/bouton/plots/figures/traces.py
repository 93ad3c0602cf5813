"""Variables against time, with the spikes that a model only resets at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from bouton.plots.given import Samples, in_ms, number_in, refuse, samples_of, spikes_of, time_axis, with_unit
from bouton.plots.marks import DASHED, label_below, span
from bouton.plots.style import COLOURS, CYCLE, place, styled
from bouton.recording import EventRecording, RateRecording, SpikeRecording
from bouton.units import QUANTITY_TYPE, Quantity

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@styled
def traces(
    recording: Any,
    spikes: Any = None,
    *,
    elements: Any = None,
    labels: Sequence[str] | None = None,
    colours: Sequence[str] = CYCLE,
    peak: Any = None,
    threshold: Any = None,
    smooth: Quantity | None = None,
    linewidth: float = 1.0,
    axes: Axes | None = None,
) -> Axes:
    """Draw a line for each element. Returns the axes.

    Parameters
    ----------
    recording: a `TraceRecording`, an `EventRecording` (a step at each event), a `RateRecording`, a labelled array over time, or
        ``(times, values)`` with times that have a unit and values of shape [time] or [time, line].
    spikes: a `SpikeRecording` of the same elements, or the times of one line's. At each the line goes up to ``peak``.
    elements: the ids of those to draw, by default all.
    labels: of the lines in the legend, or () for none; by default they are the ids, where there are several lines, but not more
        than colours.
    peak: how high spikes are drawn, a value of the variable; by default half of its range above it.
    threshold: a value that becomes a dashed line.
    smooth: the SD of the Gaussian that rates are smoothed with. It ends where the recording does.

    Raises NetworkError (E401) for what is no recording over time, SimulationError (E603) for elements that are not recorded.
    """
    drawn = place(axes, 2.0)
    if isinstance(recording, EventRecording):
        return _events(drawn, recording, elements, labels, colours, linewidth)
    found = _rate(recording, smooth) if isinstance(recording, RateRecording) else samples_of(recording, "traces", elements)
    scale, xlabel = time_axis(float(found.times[-1]) if len(found.times) else 0.0)
    names = _names(found.ids.tolist(), labels, len(colours))
    for line, (name, column) in enumerate(zip(names, found.values.T, strict=True)):
        colour = COLOURS[colours[line % len(colours)]]
        drawn.plot(found.times / scale, column, color=colour, linewidth=linewidth, label=name)
    if spikes is not None:
        top = _peak(found) if peak is None else number_in(peak, found.unit, "traces")
        for line, times in enumerate(_trains(spikes, found)):
            base = np.interp(times, found.times, found.values[:, line])
            drawn.vlines(times / scale, base, top, color=COLOURS[colours[line % len(colours)]], linewidth=linewidth)
    if threshold is not None:
        at = number_in(threshold, found.unit, "traces")
        drawn.axhline(at, color=COLOURS["grey"], linewidth=0.6, linestyle=DASHED, zorder=0)
    span(drawn, found.times / scale)
    label_below(drawn, xlabel)
    drawn.set_ylabel(with_unit(found.label, found.unit))
    _legend(drawn, names, found.owner if labels is None else "")
    return drawn


def _names(ids: Sequence[Any], labels: Sequence[str] | None, most: int) -> list[str | None]:
    """What lines are called; None for those that have no place in a legend."""
    if labels is not None:
        return [labels[line] if line < len(labels) else None for line in range(len(ids))]
    return [str(element) if 1 < len(ids) <= most else None for element in ids]


def _legend(axes: Axes, names: Sequence[str | None], title: str) -> None:
    """A legend, if a line has a name."""
    if any(name is not None for name in names):
        axes.legend(title=title or None, loc="best")


def _rate(recording: RateRecording, smooth: Quantity | None) -> Samples:
    """A population's rate as the only line."""
    rate = recording.rate() if smooth is None else recording.rate("gaussian", smooth, ends="unknown")
    return Samples(
        recording.times.magnitude, rate.magnitude[:, np.newaxis], np.zeros(1, dtype=np.int64), "Rate", "Hz", recording.object_name
    )


def _peak(found: Samples) -> float:
    low, high = float(np.nanmin(found.values)), float(np.nanmax(found.values))
    return high + 0.5 * (high - low)


def _trains(spikes: Any, found: Samples) -> list[Any]:
    """The spike times in ms of each line."""
    if isinstance(spikes, SpikeRecording):
        return [spikes.of(int(element)).magnitude for element in found.ids]
    if isinstance(spikes, QUANTITY_TYPE):
        if len(found.ids) != 1:
            refuse(spikes, "traces", f"a SpikeRecording of the {len(found.ids)} elements, or elements= one of them")
        return [in_ms(spikes, "traces")]
    given = spikes_of(spikes, "traces")
    return [given.times[given.indices == element] for element in found.ids]


def _events(
    axes: Axes,
    recording: EventRecording,
    elements: Any,
    labels: Sequence[str] | None,
    colours: Sequence[str],
    linewidth: float,
) -> Axes:
    """The values of synapses from each of their events to the next."""
    chosen = np.atleast_1d(recording.elements if elements is None else np.asarray(elements)).tolist()
    scale, xlabel = time_axis(float(recording.times.magnitude.max(initial=0.0)))
    names = _names(chosen, labels, len(colours))
    for line, (element, name) in enumerate(zip(chosen, names, strict=True)):
        times, values = recording.of(element)
        colour = COLOURS[colours[line % len(colours)]]
        axes.step(times.magnitude / scale, values.magnitude, where="post", color=colour, linewidth=linewidth, label=name)
    label_below(axes, xlabel)
    axes.set_ylabel(with_unit(recording.name, recording.unit))
    _legend(axes, names, recording.object_name if labels is None else "")
    return axes
