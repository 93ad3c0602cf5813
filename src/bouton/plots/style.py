"""One style for all figures: widths of a journal page, legible type, colours told apart by everybody.

For figures of one's own: ``with bt.plots.style.use(): …``, or ``@bt.plots.style.use()`` above a function that draws. In it
`figure`, `COLOURS` and `letter` give what the figures of this library are made of.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, ParamSpec, TypeVar, cast

import numpy as np

from bouton.errors import Code, NetworkError, one_of

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

INCH = 25.4
WIDTHS: Mapping[str, float] = MappingProxyType({"column": 85 / INCH, "page": 178 / INCH})
"""Widths of figures in inches: one column, 85 mm, and a page of two, 178 mm. Type of 7 and 8 points is meant for these."""

FORMATS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {".png": {}, ".pdf": {"metadata": {"CreationDate": None}}, ".svg": {"metadata": {"Date": None}}}
)
"""What `save` writes, by suffix; without dates the same figure is the same file."""


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
        "savefig.dpi": 300,
        "pdf.fonttype": 42,  # text stays text in a journal's editor
        "svg.fonttype": "none",
        "svg.hashsalt": "bouton",
    }


@contextmanager
def use() -> Iterator[None]:
    """The style, for as long as the context lasts, or of a function, with ``@use()``. Everything that draws goes inside it."""
    from matplotlib import rc_context, rcParamsDefault

    parameters: dict[Any, Any] = {key: value for key, value in rcParamsDefault.items() if not key.startswith("backend")}
    parameters.update(settings())
    with rc_context(parameters):
        yield


def styled(function: Callable[P, T]) -> Callable[P, T]:
    """Decorator: a function that draws, in this style whatever the user's own settings are."""

    @functools.wraps(function)
    def within(*args: P.args, **keywords: P.kwargs) -> T:
        with use():
            return function(*args, **keywords)

    return within


def figure(width: Literal["column", "page"] = "column", height: float = 2.4, **options: Any) -> Figure:
    """An empty figure, independent of pyplot and of any display.

    Parameters
    ----------
    width: of a column (85 mm) or of a page (178 mm).
    height: in inches.
    options: further ones of `matplotlib.figure.Figure`; the layout is "constrained" unless given.

    Draw in it within `use()` or in a function with `@styled`.
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


def place(axes: Axes | None, height: float = 2.4, width: Literal["column", "page"] = "column") -> Axes:
    """The given axes, or those of a new figure. Raises NetworkError (E401) for anything else."""
    return panels(axes, 1, height, width)[0]


def panels(
    axes: Any, count: int, height: float = 2.4, width: Literal["column", "page"] = "column", **layout: Any
) -> Sequence[Axes]:
    """As many axes: the given ones, or those of a new figure; ``layout`` is that of its `matplotlib.figure.Figure.subplots`.

    Raises NetworkError (E401) for another number, or for what are no axes.
    """
    from matplotlib.axes import Axes

    if axes is None:
        return list(np.ravel(figure(width, height).subplots(**layout)))
    given = list(np.ravel(np.asarray(axes, dtype=object)))
    if len(given) != count or not all(isinstance(each, Axes) for each in given):
        raise NetworkError(
            Code.BAD_VALUE,
            f"axes is {axes!r:.60}",
            where="bt.plots",
            expected="matplotlib's axes" if count == 1 else f"{count} of matplotlib's axes",
            hint="axes=figure.subplots(), or none, which makes a figure",
        )
    return given


def save(drawn: Any, path: str | os.PathLike[str], *, dpi: float = 300) -> None:
    """Write a figure as PNG, PDF or SVG, by the suffix of ``path``. In the latter two text stays text.

    Parameters
    ----------
    drawn: the figure, or axes in it: what the figures of `bouton.plots` return.
    dpi: of a PNG, and of what is an image within the others.

    Raises NetworkError (E401) for another suffix, or if there is no figure.
    """
    suffix = Path(path).suffix
    if suffix not in FORMATS:
        raise NetworkError(
            Code.BAD_VALUE,
            f"figures cannot be written as files named {suffix or 'without a suffix'}",
            where=f"bt.plots.save to {os.fspath(path)}",
            expected=one_of(FORMATS),
        )
    with use():
        _figure_of(drawn).savefig(path, dpi=dpi, **FORMATS[suffix])


def root(axes: Axes) -> Figure:
    """The figure that axes are in, also if a subfigure lies between."""
    found: Any = axes.figure
    return cast("Figure", found.figure)  # of a figure it is itself


def _figure_of(drawn: Any) -> Figure:
    """The figure that something drawn is in."""
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    first = drawn if isinstance(drawn, Figure) else next(iter(np.ravel(np.asarray(drawn, dtype=object))), None)
    if isinstance(first, Axes):
        return root(first)
    if not isinstance(first, Figure):
        raise NetworkError(
            Code.BAD_VALUE,
            f"{drawn!r:.60} is in no figure",
            where="bt.plots.save",
            expected="a figure, or axes that a function of bt.plots returned",
        )
    return first
