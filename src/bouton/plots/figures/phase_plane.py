"""The plane of two variables of a neuron: where each stands still, which way it goes elsewhere, and a trajectory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from bouton.errors import Code, NetworkError
from bouton.model.neuron import NeuronModel
from bouton.plots.fields import WHERE, Field, read_field
from bouton.plots.given import Floats, refuse, samples_of, spikes_of, with_unit
from bouton.plots.style import COLOURS, place, styled
from bouton.units import from_base, in_base, parse_unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FINE, COARSE = 401, 17
"""Points on each side for the nullclines, and arrows."""
TRAJECTORY: Mapping[str, Any] = {"color": COLOURS["black"], "linewidth": 0.8, "label": "trajectory"}
SHORTEST = 0.25
"""Lengths of arrows are compressed: the fastest has the full one, the slowest at least this part."""


@styled
def phase_plane(
    model: Any,
    x: str,
    y: str,
    ranges: tuple[Any, Any],
    parameters: Mapping[str, Any] | None = None,
    *,
    trajectory: tuple[Any, Any] | None = None,
    spikes: Any = None,
    element: int | None = None,
    arrows: int = COARSE,
    axes: Axes | None = None,
) -> Axes:
    """Draw both nullclines and the vector field of two variables, from the equations of a model. Returns the axes.

    Parameters
    ----------
    model: a `bouton.NeuronModel`.
    x, y: two variables with differential equations.
    ranges: the lowest and highest value of each, with their units: ``([-80, 40] * mV, [-1, 2] * nA)``.
    parameters: values for parameters in place of the model's, and values at which other variables are held. Those without a
        differential equation are at 0 unless given; noise counts as 0, and refractoriness and resets are not looked at.
    trajectory, spikes: recordings of both variables, drawn over the plane, and of the spikes, at which the line is broken;
        ``element`` is whose, where there are several.
    arrows: how many on each side.

    An arrow has the direction of the movement as the axes show it; its length grows with the speed, but less than it.
    Raises NameError_ (E206), NetworkError (E401; E408: a further variable moves), ModelError (E506: a right-hand side that is no
    function of the two), and what a `Simulation` refuses.
    """
    if not isinstance(model, NeuronModel):
        hint = f"bt.neurons.{model.name}(), which makes one" if hasattr(model, "build") else None
        refuse(model, "phase_plane", "a NeuronModel", hint)
    field = read_field(model, x, y, parameters or {})
    spans = {name: _span(field, name, limits) for name, limits in zip((x, y), ranges, strict=True)}
    drawn = place(axes, 2.8)
    _arrows(drawn, field, spans, arrows)
    grid = dict(zip(spans, np.meshgrid(*(np.linspace(*span, FINE) for span in spans.values())), strict=True))
    for name, colour, line in ((x, "vermilion", "-"), (y, "blue", "--")):
        _nullcline(drawn, field, name, grid, colour, line)
    if trajectory is not None:
        sides = [_numbers(one, field, name, element) for name, one in zip((x, y), trajectory, strict=True)]
        drawn.plot(*(sides if spikes is None else _broken(sides, trajectory[0], spikes, element)), **TRAJECTORY)
        drawn.plot(sides[0][:1], sides[1][:1], "o", markersize=3, color=COLOURS["black"])
    limits = [from_base(np.array(span), field.unit(name)).magnitude for name, span in spans.items()]
    drawn.set(xlim=limits[0], ylim=limits[1], xlabel=with_unit(x, field.unit(x)), ylabel=with_unit(y, field.unit(y)))
    drawn.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=3, borderaxespad=0.2)
    return drawn


def _span(field: Field, name: str, limits: Any) -> tuple[float, float]:
    """The lowest and the highest value in base units. Raises NetworkError (E401), UnitError (E301)."""
    values = np.asarray(in_base(limits, field.unit(name).dimensionality, where=f"{WHERE}, range of {name}"), dtype=np.float64)
    if values.shape != (2,) or not np.isfinite(values).all() or values[0] >= values[1]:
        raise NetworkError(
            Code.BAD_VALUE, f"the range of {name!r} is {limits!s:.60}", where=WHERE, expected="the lowest and the highest value"
        )
    return float(values[0]), float(values[1])


def _shown(field: Field, name: str, values: Floats) -> Floats:
    """Base units as the axes have them."""
    shown: Floats = from_base(values, field.unit(name)).magnitude
    return shown


def _nullcline(axes: Axes, field: Field, name: str, grid: Mapping[str, Floats], colour: str, line: str) -> None:
    """Where the derivative of a variable is 0; nothing if that is nowhere in the plane."""
    rate = np.ma.masked_invalid(field.rate(name, grid))
    text = rf"$\mathrm{{d}}{_symbol(name)}/\mathrm{{d}}t = 0$"
    if not rate.count() or rate.min() > 0 or rate.max() < 0 or rate.min() == rate.max():
        return
    sides = [_shown(field, each, values) for each, values in grid.items()]
    axes.contour(*sides, rate, levels=[0.0], colors=[COLOURS[colour]], linestyles=[line], linewidths=[1.2])
    axes.plot([], [], line, color=COLOURS[colour], linewidth=1.2, label=text)


def _symbol(name: str) -> str:
    """A name in mathematical type: what follows an underscore is an index."""
    head, _, index = name.partition("_")
    return rf"{head}_\mathrm{{{index.replace('_', ' ')}}}" if index else head


def _arrows(axes: Axes, field: Field, spans: Mapping[str, tuple[float, float]], count: int) -> None:
    """The vector field: arrows in the middle of ``count`` by ``count`` tiles, none longer than a tile."""
    middles = [low + (high - low) * (np.arange(count) + 0.5) / count for low, high in spans.values()]
    grid = dict(zip(spans, np.meshgrid(*middles), strict=True))
    rates = [field.rate(name, grid) for name in spans]
    parts = [rate / (high - low) for rate, (low, high) in zip(rates, spans.values(), strict=True)]  # of the range, a second
    speed = np.hypot(*parts)
    known = np.isfinite(speed) & (speed > 0)
    if not known.any():
        return
    fastest, slowest = np.log(speed[known].max()), np.log(speed[known].min())
    share = (np.log(np.where(known, speed, 1.0)) - slowest) / max(fastest - slowest, 1e-12)
    factor = np.where(known, 0.9 / count * (SHORTEST + (1 - SHORTEST) * share) / np.where(known, speed, 1.0), np.nan)
    (px, py), (dx, dy) = (
        [_shown(field, name, values) for name, values in zip(spans, given, strict=True)]
        for given in (grid.values(), [rate * factor for rate in rates])
    )
    options = {"angles": "xy", "scale_units": "xy", "scale": 1, "pivot": "mid", "width": 0.003, "headwidth": 4, "headlength": 5}
    arrows: Any = axes.quiver
    arrows(px[known], py[known], dx[known], dy[known], color=COLOURS["grey"], alpha=0.8, zorder=0, **options)


def _numbers(recording: Any, field: Field, name: str, element: int | None) -> Floats:
    """One element's samples of a variable, in its unit."""
    found = samples_of(recording, "phase_plane", element)
    if len(found.ids) != 1:
        refuse(recording, "phase_plane", f"element= one of the {len(found.ids)} recorded")
    base = in_base(found.values[:, 0] * parse_unit(found.unit), field.unit(name).dimensionality, where=f"{WHERE}, {name}")
    return _shown(field, name, np.asarray(base))


def _broken(sides: list[Floats], recording: Any, spikes: Any, element: int | None) -> list[Floats]:
    """With a gap at each spike, where the reset is: between the samples of its step's begin and end."""
    found, given = samples_of(recording, "phase_plane", element), spikes_of(spikes, "phase_plane")
    times = given.times[given.indices == found.ids[0]] if len(given.ids) > 1 else given.times
    gaps = np.searchsorted(found.times, times, side="right")
    return [np.insert(side, gaps, np.nan) for side in sides]
