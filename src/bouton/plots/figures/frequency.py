"""Frequency curves: weight change against the rate of pairings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bouton.plots.given import refuse
from bouton.plots.marks import measured, reference
from bouton.plots.style import COLOURS, place, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ORDER = ("vermilion", "blue", "green", "orange", "purple", "sky", "black")


@styled
def frequency(found: Any, *, axes: Axes | None = None) -> Axes:
    """Draw a line for each lag, and points with error bars for what was measured. Returns the axes.

    ``found`` is the dataset of ``bt.protocols.frequency(rule)``, or one with ``change`` over ``lag`` (ms) and ``rate`` (Hz), and
    ``measured`` and ``error`` where something was. Raises NetworkError (E401) for any other.
    """
    if not (hasattr(found, "data_vars") and "change" in found.data_vars and {"lag", "rate"} == set(found["change"].dims)):
        refuse(found, "frequency", "the dataset of bt.protocols.frequency: 'change' over 'lag' and 'rate'")
    drawn = place(axes, 2.5)
    reference(drawn)
    rates = found["rate"].to_numpy()
    for number, lag in enumerate(np.atleast_1d(found["lag"].to_numpy())):
        one, colour = found.sel(lag=lag), ORDER[number % len(ORDER)]
        drawn.plot(rates, one["change"], color=COLOURS[colour], label=f"{lag:+g} ms".replace("-", "−"))
        if "measured" in found:
            measured(drawn, rates, one["measured"], one["error"] if "error" in found else None, colour)
    drawn.set(xlabel="Frequency of pairings (Hz)", ylabel=r"Weight change $\Delta w / w$")
    drawn.legend(title=r"$t_\mathrm{post} - t_\mathrm{pre}$", loc="lower right")
    return drawn
