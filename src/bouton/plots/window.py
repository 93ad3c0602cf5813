"""Windows of plasticity: weight change against the lag between two spikes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from bouton.plots.style import COLOURS, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@styled
def stdp_window(
    axes: Axes,
    lags: ArrayLike,
    changes: ArrayLike,
    *,
    lag_label: str = r"Spike lag $t_\mathrm{post} - t_\mathrm{pre}$ (ms)",
    change_label: str = r"Weight change $\Delta w$",
    marker: str = "o",
    size: float = 2.2,
) -> Axes:
    """Potentiation in one colour, depression in another, over the two zero lines.

    ``lags`` in ms and ``changes``, both [pairing], in any order. Returns the axes.
    """
    x, y = np.asarray(lags), np.asarray(changes)
    axes.axhline(0, color=COLOURS["grey"], linewidth=0.6, zorder=0)
    axes.axvline(0, color=COLOURS["grey"], linewidth=0.6, zorder=0)
    for chosen, colour, label in ((y >= 0, "vermilion", "potentiation"), (y < 0, "blue", "depression")):
        axes.plot(x[chosen], y[chosen], marker, markersize=size, markeredgewidth=0, color=COLOURS[colour], label=label)
    reach = 1.12 * float(np.abs(y).max(initial=1e-12))
    axes.set(xlabel=lag_label, ylabel=change_label, ylim=(-reach, reach))
    axes.margins(x=0.03)
    axes.legend(loc="upper left")
    return axes
