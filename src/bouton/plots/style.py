"""One style for all figures: widths of a journal page, legible type, colours told apart by everybody."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, ParamSpec, TypeVar

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

P = ParamSpec("P")
T = TypeVar("T")

COLOURS: Mapping[str, str] = MappingProxyType(
    {
        "black": "#000000",
        "orange": "#E69F00",
        "sky": "#56B4E9",
        "green": "#009E73",
        "yellow": "#F0E442",
        "blue": "#0072B2",
        "vermilion": "#D55E00",
        "purple": "#CC79A7",
        "grey": "#7F7F7F",
    }
)
"""The palette of Okabe & Ito (2008), safe for colour-blind readers, and a grey for what stands back."""

CYCLE = ("blue", "vermilion", "green", "orange", "purple", "sky", "black")
"""The order in which lines take colours."""

WIDTHS: Mapping[str, float] = MappingProxyType({"column": 3.5, "page": 7.0})
"""Widths of figures in inches: one column, and a page of two."""


def settings() -> dict[str, Any]:
    """Matplotlib's parameters for this style."""
    from cycler import cycler

    return {
        "font.family": "sans-serif",
        "font.sans-serif": ["DejaVu Sans"],  # comes with matplotlib: the same figure on every machine
        "font.size": 8,
        "axes.titlesize": 8,
        "axes.labelsize": 8,
        "xtick.labelsize": 7,
        "ytick.labelsize": 7,
        "legend.fontsize": 7,
        "legend.frameon": False,
        "legend.handlelength": 1.4,
        "legend.labelspacing": 0.3,
        "lines.linewidth": 1.0,
        "lines.markersize": 3,
        "axes.linewidth": 0.6,
        "xtick.major.width": 0.6,
        "ytick.major.width": 0.6,
        "xtick.major.size": 2.5,
        "ytick.major.size": 2.5,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.titlelocation": "left",
        "axes.prop_cycle": cycler(color=[COLOURS[name] for name in CYCLE]),
        "axes.formatter.useoffset": False,
        "mathtext.fontset": "dejavusans",
        "savefig.dpi": 200,
        "pdf.fonttype": 42,  # text stays text in a journal's editor
        "svg.fonttype": "none",
    }


@contextmanager
def context() -> Iterator[None]:
    """The style, for as long as the context lasts. Everything that draws goes inside it."""
    from matplotlib import rc_context, rcParamsDefault

    parameters: dict[Any, Any] = {key: value for key, value in rcParamsDefault.items() if not key.startswith("backend")}
    parameters.update(settings())
    with rc_context(parameters):
        yield


def styled(function: Callable[P, T]) -> Callable[P, T]:
    """Decorator: a function that draws, in this style whatever the user's own settings are."""

    @functools.wraps(function)
    def within(*args: P.args, **keywords: P.kwargs) -> T:
        with context():
            return function(*args, **keywords)

    return within


def figure(width: Literal["column", "page"] = "column", height: float = 2.4, **options: Any) -> Figure:
    """An empty figure, independent of pyplot and of any display.

    Parameters
    ----------
    width: of a column (3.5 inches) or of a page (7 inches).
    height: in inches.
    options: further ones of `matplotlib.figure.Figure`; the layout is "constrained" unless given.

    Draw in it within `context()` or in a function with `@styled`.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    made = Figure(figsize=(WIDTHS[width], height), **{"dpi": 200, "layout": "constrained", **options})
    FigureCanvasAgg(made)
    return made


def letter(axes: Axes, text: str, title: str = "") -> Axes:
    """A panel's letter in bold above its left edge, and its title after it. Returns the axes."""
    axes.set_title(f"$\\bf{{{text.upper()}}}$   {title}" if title else f"$\\bf{{{text.upper()}}}$", loc="left")
    return axes
