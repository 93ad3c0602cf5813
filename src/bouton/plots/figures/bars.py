"""The conditions of a protocol as bars: what a rule does, beside what was measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bouton.plots.given import refuse, with_unit
from bouton.plots.marks import measured, reference
from bouton.plots.style import COLOURS, place, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HEADS = 0.6
"""Inches of a figure for the axis and the legend; each bar has `EACH` more."""
EACH = 0.2


@styled
def bars(found: Any, *, variable: str = "change", axes: Axes | None = None) -> Axes:
    """Draw a bar for each condition, and a point with an error bar for what was measured in it. Returns the axes.

    ``found`` is the dataset of a protocol: ``variable`` over conditions (all combinations, if it has several dimensions), which
    their coordinates name; ``measured`` and ``error`` where something was. Raises NetworkError (E401) for any other.
    """
    if not (hasattr(found, "data_vars") and variable in found.data_vars and found[variable].ndim):
        refuse(found, "bars", f"the dataset of a protocol, such as bt.protocols.triplets, with {variable!r} over conditions")
    dims = found[variable].dims
    names = [name for name in ("measured", "error") if name in found and found[name].dims == dims]
    flat = found[[variable, *names]].stack(condition_of_bar=dims, create_index=False)
    places = np.arange(flat.sizes["condition_of_bar"])
    drawn = place(axes, HEADS + EACH * len(places))
    reference(drawn, upright=True)
    drawn.barh(places, flat[variable], color=COLOURS["blue"], height=0.6, label="rule")
    if "measured" in names:
        error = flat["error"].to_numpy() if "error" in names else None
        measured(drawn, flat["measured"], places, None, "vermilion", xerr=error, markersize=3.5, label="measured")
    drawn.set_yticks(places, _labels(flat, len(places)))
    drawn.invert_yaxis()
    unit = str(found[variable].attrs.get("units", "1"))
    drawn.set_xlabel(r"Weight change $\Delta w / w$" if variable == "change" and unit == "1" else with_unit(variable, unit))
    drawn.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2)
    return drawn


def _labels(flat: Any, count: int) -> list[str]:
    """What each bar is called: its coordinates, of those without a unit also their names."""
    parts = []
    for name, coordinate in flat.coords.items():
        if coordinate.dims != ("condition_of_bar",):
            continue
        values, unit = coordinate.to_numpy(), coordinate.attrs.get("units")
        if values.dtype.kind in "UO":
            parts.append([str(value) for value in values])
        else:
            parts.append([f"{value:g} {unit}" if unit else f"{name} {value:g}" for value in values])
    return [", ".join(words) for words in zip(*parts, strict=True)] or [str(number) for number in range(count)]
