"""Windows of plasticity: weight change against the lag between two spikes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bouton.plots.given import Floats, in_ms, plain, refuse, with_unit
from bouton.plots.marks import reference
from bouton.plots.style import COLOURS, place, styled
from bouton.units import QUANTITY_TYPE

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@styled
def window(found: Any, *, marker: str = "o", size: float = 2.2, axes: Axes | None = None) -> Axes:
    """Draw potentiation in one colour and depression in another, over two zero lines. Returns the axes.

    Parameters
    ----------
    found: the dataset of ``bt.protocols.window(rule)``, or ``(lags, changes)``, lags with a unit and one change for each, in any
        order. Of a dataset it is the change over the initial weight; where weights begin at 0, the change itself.
    marker, size: of the points.

    Raises NetworkError (E401) for what is neither.
    """
    lags, changes, label = _read(found)
    drawn = place(axes, 2.5)
    reference(drawn)
    reference(drawn, upright=True)
    for chosen, colour, name in ((changes >= 0, "vermilion", "potentiation"), (changes < 0, "blue", "depression")):
        drawn.plot(lags[chosen], changes[chosen], marker, markersize=size, markeredgewidth=0, color=COLOURS[colour], label=name)
    reach = 1.12 * max(float(np.nanmax(np.abs(changes), initial=0.0)), 1e-12)
    drawn.set(xlabel=r"Spike lag $t_\mathrm{post} - t_\mathrm{pre}$ (ms)", ylabel=label, ylim=(-reach, reach))
    drawn.margins(x=0.03)
    drawn.legend(loc="upper left")
    return drawn


def _read(found: Any) -> tuple[Floats, Floats, str]:
    """Lags in ms, changes, and the label of these."""
    if isinstance(found, tuple) and len(found) == 2 and isinstance(found[0], QUANTITY_TYPE):
        lags, (changes, unit) = in_ms(found[0], "window"), plain(found[1])
        if changes.shape != lags.shape:
            refuse(found, "window", f"a change for each of the {len(lags)} lags")
        return lags, changes, with_unit(r"Weight change $\Delta w$", unit)
    if not (hasattr(found, "data_vars") and {"change", "relative"} <= set(found.data_vars) and "lag" in found.dims):
        refuse(found, "window", "the dataset of bt.protocols.window, or lags with a unit and changes")
    lags = np.asarray(found["lag"].to_numpy(), dtype=np.float64)
    if bool(found["relative"].isnull().any()):
        return lags, found["change"].to_numpy(), with_unit(r"Weight change $\Delta w$", found["change"].attrs.get("units", "1"))
    return lags, found["relative"].to_numpy(), r"Weight change $\Delta w / w$"
