"""Spikes as marks, one row for each element, and the mean rate in bins below them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from bouton.plots.given import Floats, Spikes, in_ms, spikes_of, time_axis
from bouton.plots.marks import label_below, spike_rows, whole_numbers
from bouton.plots.style import COLOURS, panels, root, styled
from bouton.recording import RateRecording, SpikeRecording
from bouton.units import Quantity, ms

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BINS = 60
"""About so many bins there are unless a width is given."""


@styled
def raster(
    spikes: Any,
    *,
    rates: bool | None = None,
    bin: Quantity | None = None,
    size: int | None = None,
    colour: str = "black",
    fill: float = 0.8,
    axes: Any = None,
) -> Axes | tuple[Axes, Axes]:
    """Draw when which element fired, and below it the mean rate of an element. Returns the axes, a pair of them with rates.

    Parameters
    ----------
    spikes: a `SpikeRecording`, its dataset, or ``(times, indices)`` with times that have a unit.
    rates: whether to draw rates; by default unless ``axes`` are those of one panel.
    bin: the width of a bin in time, a multiple of the time step; by default about a sixtieth of the whole.
    size: the number of rows where only spikes are given.
    colour, fill: of the marks, and how much of its row a mark takes.
    axes: one panel, or two with rates.

    More than 2000 marks become an image in vector files, which would be slow to show otherwise.
    Raises NetworkError (E401) for what is not a recording of spikes, SimulationError (E603) for bins that are no multiples.
    """
    shown = spikes_of(spikes, "raster", size)
    if rates is None:
        rates = axes is None or np.size(np.asarray(axes, dtype=object)) > 1
    drawn = panels(axes, 2, 2.8, nrows=2, sharex=True, height_ratios=(2, 1)) if rates else panels(axes, 1, 2.0)
    scale, label = time_axis(shown.end)
    above, below = drawn[0], drawn[-1]
    lowest, highest = (int(shown.ids.min()), int(shown.ids.max())) if len(shown.ids) else (0, 0)
    rows, width = shown.indices.astype(np.float64), 0.8 if highest - lowest < 50 else 0.5
    spike_rows(above, shown.times / scale, rows, colour=colour, fill=fill, width=width)
    above.set(ylim=(lowest - 0.6, highest + 0.6), ylabel="Neuron")
    whole_numbers(above.yaxis)
    above.set_xlim(shown.begin / scale, max(shown.end, shown.begin + 1e-9) / scale)
    label_below(below, label)
    if not rates:
        return above
    edges, rate = _rates(spikes, shown, bin)
    below.stairs(rate, edges / scale, color=COLOURS["blue"], fill=True, linewidth=0)
    below.set(ylabel="Rate (Hz)", ylim=(0, None))
    above.tick_params(labelbottom=False)
    root(above).align_ylabels([above, below])
    return above, below


def _rates(given: Any, shown: Spikes, bin: Quantity | None) -> tuple[Floats, Floats]:
    """The edges of the bins in ms, and the mean rate of an element in each in Hz; a last bin that is not full is left out."""
    usual = _round((shown.end - shown.begin) / BINS)
    if isinstance(given, SpikeRecording):  # counted in whole steps: 3*0.1 ms is no 0.3 ms
        step = given.dt * 1e3
        first, last = round(shown.begin / step), round(shown.end / step)
        counted = RateRecording(given.dt, len(shown.ids), object_name=given.object_name)
        counted.append(first, np.bincount(given.steps - first, minlength=last - first).astype(np.int64))
        starts, rate = counted.binned(max(1, round(usual / step)) * step * ms if bin is None else bin)
        width = float(starts.magnitude[1] - starts.magnitude[0]) if len(starts) > 1 else shown.end - shown.begin
        return np.append(starts.magnitude, starts.magnitude[-1] + width), rate.magnitude
    width = usual if bin is None else float(in_ms(bin, "raster")[0])
    edges = shown.begin + width * np.arange(max(1, math.ceil((shown.end - shown.begin) / width - 1e-9)) + 1)
    per_element: Floats = np.histogram(shown.times, edges)[0] / (len(shown.ids) * width / 1e3)
    return np.asarray(edges, dtype=np.float64), per_element


def _round(width: float) -> float:
    """1, 2 or 5 times a power of ten, near the given width."""
    power = 10.0 ** math.floor(math.log10(max(width, 1e-3)))
    return power * min((1, 2, 5, 10), key=lambda digit: abs(math.log(digit * power / max(width, 1e-3))))
