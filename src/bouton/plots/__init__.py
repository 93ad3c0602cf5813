"""Figures of paper quality, one file each in ``figures``: what was recorded goes in, the axes come out.

``bt.plots.raster(spikes)`` and its like make a figure of a column's width and return its axes, or draw in the ``axes=`` that they
are given. Labels have the units of what was recorded. ``bt.plots.save(axes, "figure.pdf")`` writes the figure;
`bouton.plots.style` has the one style of all of them, for figures of one's own.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bouton.plots import style as style
    from bouton.plots.figures.bars import bars as bars
    from bouton.plots.figures.frequency import frequency as frequency
    from bouton.plots.figures.network import network as network
    from bouton.plots.figures.phase_plane import phase_plane as phase_plane
    from bouton.plots.figures.raster import raster as raster
    from bouton.plots.figures.stacked import stacked as stacked
    from bouton.plots.figures.traces import traces as traces
    from bouton.plots.figures.weight_histogram import weight_histogram as weight_histogram
    from bouton.plots.figures.weight_history import weight_history as weight_history
    from bouton.plots.figures.weight_matrix import weight_matrix as weight_matrix
    from bouton.plots.figures.window import window as window
    from bouton.plots.style import save as save

FIGURES = (
    "bars",
    "frequency",
    "network",
    "phase_plane",
    "raster",
    "stacked",
    "traces",
    "weight_histogram",
    "weight_history",
    "weight_matrix",
    "window",
)
"""Each is a function in a file of its name."""

__all__ = [*FIGURES, "save", "style"]  # noqa: PLE0604  (the names of the table)


def __getattr__(name: str) -> Any:
    if name == "style":
        return importlib.import_module(f"{__name__}.style")
    if name not in __all__:
        raise AttributeError(f"module 'bouton.plots' has no attribute {name!r}")
    module = f"{__name__}.figures.{name}" if name in FIGURES else f"{__name__}.style"
    value = getattr(importlib.import_module(module), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
