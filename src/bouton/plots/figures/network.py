"""A network as a diagram: who is connected to whom, and what is plastic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from bouton.analysis.analyse import analyse
from bouton.analysis.facts import ProjectionFacts
from bouton.network.network import Network
from bouton.network.population import AbstractPopulation, Population, View
from bouton.plots.given import Floats, refuse
from bouton.plots.layout import Place, arc, bends, cut, free_side, loop, place_nodes
from bouton.plots.style import COLOURS, WIDTHS, place, root, styled
from bouton.runtime.simulation import Simulation

if TYPE_CHECKING:
    from matplotlib.axes import Axes

THIRD = "third events, links"
LINES = {
    "static": ("black", "-", 0.9),
    "plastic weights": ("vermilion", "--", 1.4),
    "short-term plasticity": ("blue", "-.", 1.2),
    THIRD: ("green", ":", 1.2),
}
SMALLEST, LARGEST = 0.22, 0.36
"""Radii of nodes, in units of the distance between neighbours."""
GAP = 0.03
WIDE = 5.2
"""In the same units; what is wider has no room in a column."""
LETTER = 0.07
"""About the width of a letter, in inches."""
FILLED = "#BBDFF5"
BOX: Mapping[str, Any] = {"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none"}


@styled
def network(given: Any, *, labels: bool = True, axes: Axes | None = None) -> Axes:
    """Draw populations as nodes, and projections as arrows whose colour and line say what is plastic. Returns the axes.

    Parameters
    ----------
    given: a `Network`, or a `Simulation` of one.
    labels: whether arrows have the names of projections.

    A circle is a population, a square a source, and their size tells how many neurons they have. Weights are plastic where a
    projection writes them or has a differential equation for them, or where its synapses appear and go; plasticity is short-term
    where something else that a synapse keeps is written. Arrows from a population to the middle of another arrow are third
    events and linked variables. Nodes without inputs stand at the left, each other one as near to them as its inputs allow.
    Raises NetworkError (E401) for anything else, and what a `Simulation` refuses.
    """
    if not isinstance(given, (Network, Simulation)):
        refuse(given, "network", "a Network, or a Simulation")
    facts = given.facts if isinstance(given, Simulation) else analyse(given)
    nodes = {p.name: p.population for p in facts.populations}
    edges = [(p.pre.name, p.post.name) for p in facts.projections]
    third = [(name, number) for number, p in enumerate(facts.projections) for name in _modulators(p)]
    places = place_nodes(list(nodes), [*edges, *((name, edges[number][1]) for name, number in third)])
    radii = _radii({name: population.size for name, population in nodes.items()})
    kinds = [kind_of(p) for p in facts.projections]
    curves = []
    for (pre, post), bend in zip(edges, bends(edges, places), strict=True):
        curve = (
            loop(places[pre], radii[pre], bend, free_side(pre, edges, places))
            if pre == post
            else arc(places[pre], places[post], bend)
        )
        curves.append(cut(curve, places[pre], radii[pre] + GAP, places[post], radii[post] + GAP))
    drawn, inch = _room(axes, np.concatenate([np.array(list(places.values())), *curves]))
    for (pre, post), curve, kind, p in zip(edges, curves, kinds, facts.projections, strict=True):
        _arrow(drawn, curve, kind)
        if labels:
            _name(drawn, curve, kind, p.name, straight=pre != post and _is_straight(curve))
    for name, number in third:
        x, y = curves[number][len(curves[number]) // 2].tolist()
        _arrow(drawn, cut(arc(places[name], (x, y), 0.15), places[name], radii[name] + GAP, (x, y), 0.1), THIRD)
    for name, population in nodes.items():
        _node(drawn, name, population, places[name], radii[name], inch)
    _legend(drawn, [*kinds, *[THIRD] * bool(third)])
    return drawn


def kind_of(facts: ProjectionFacts) -> str:
    """What is plastic in a projection, as a key of `LINES`."""
    model = facts.projection.model
    written = {statement.target for block in (*model.blocks, *model.every) for statement in block.statements}
    moving = {equation.name for equation in model.equations if equation.kind == "ode"}
    own = {equation.name for equation in model.equations}
    if model.conditions or facts.projection.structure is not None or set(facts.weights) & (written | moving):
        return "plastic weights"
    return "short-term plasticity" if own & (written | moving) else "static"


def _modulators(facts: ProjectionFacts) -> list[str]:
    """Populations whose spikes are third events of a projection, or whose variables are linked to it."""
    found = []
    for given in (*facts.projection.events.values(), *facts.projection.link.values()):
        thing = given[0] if isinstance(given, tuple) else given
        found.append(str((thing.base if isinstance(thing, View) else thing).name))
    return list(dict.fromkeys(found))


def _radii(sizes: dict[str, int]) -> dict[str, float]:
    """Larger for more neurons, by the logarithm of how many."""
    most = max(np.log(max(sizes.values())), 1e-12)
    return {name: SMALLEST + (LARGEST - SMALLEST) * float(np.log(size) / most) for name, size in sizes.items()}


def _room(axes: Axes | None, points: Floats) -> tuple[Axes, float]:
    """Axes with limits around all nodes and curves, and how many inches a unit has; what is wide gets a page's width."""
    (left, low), (right, high) = points.min(axis=0) - np.array([0.6, 0.7]), points.max(axis=0) + np.array([0.6, 0.5])
    width: Literal["column", "page"] = "column" if right - left <= WIDE else "page"
    inch = min(1.0, WIDTHS[width] / (right - left))
    drawn = place(axes, inch * (high - low) + 0.5, width)
    drawn.set(aspect="equal", xlim=(left, right), ylim=(low, high))
    drawn.set_axis_off()
    if axes is not None:
        box, dpi = drawn.get_window_extent(), root(drawn).dpi
        inch = min(box.width / (right - left), box.height / (high - low)) / dpi
    return drawn, float(inch)


def _is_straight(curve: Floats) -> bool:
    return float(np.hypot(*(curve[len(curve) // 2] - 0.5 * (curve[0] + curve[-1])))) < 0.01


def _arrow(axes: Axes, curve: Floats, kind: str) -> None:
    """A line along a curve, and a head at its end."""
    from matplotlib.patches import FancyArrowPatch
    from matplotlib.path import Path

    colour, line, width = LINES[kind]
    axes.plot(*curve.T, linestyle=line, linewidth=width, color=COLOURS[colour], solid_capstyle="butt")
    options: Any = {"arrowstyle": "-|>", "mutation_scale": 8, "shrinkA": 0, "shrinkB": 0}
    axes.add_patch(FancyArrowPatch(path=Path(curve[-9:]), linewidth=0, color=COLOURS[colour], **options))


def _name(axes: Axes, curve: Floats, kind: str, name: str, *, straight: bool) -> None:
    """A projection's name: on a straight line, or outside a bent one, a little nearer to its beginning."""
    at = curve[int((0.38 if straight else 0.45) * len(curve))]  # third events arrive in the middle
    outward = np.zeros(2) if straight else at - 0.5 * (curve[0] + curve[-1])
    outward /= max(float(np.hypot(*outward)), 1e-12)
    sideways, upward = (0 if abs(part) < 0.4 else int(np.sign(part)) for part in outward)
    x, y = at + 0.04 * outward
    colour = COLOURS[LINES[kind][0]]
    where: Any = {"ha": ("center", "left", "right")[sideways], "va": ("center", "bottom", "top")[upward]}
    axes.text(x, y, name, fontsize=6.5, color=colour, bbox=BOX, zorder=4, **where)


def _node(axes: Axes, name: str, population: AbstractPopulation, at: Place, radius: float, inch: float) -> None:
    """A circle for neurons, a square for a source; its name and number in it, or below it if the name is long."""
    from matplotlib.patches import Circle, Rectangle

    shape: Any
    if isinstance(population, Population):
        shape = Circle(at, radius, facecolor=FILLED)
    else:
        shape = Rectangle((at[0] - 0.9 * radius, at[1] - 0.9 * radius), 1.8 * radius, 1.8 * radius, facecolor="0.9")
    shape.set(edgecolor=COLOURS["black"], linewidth=0.8, zorder=3, gid=name)
    axes.add_patch(shape)
    inside = LETTER * max(len(name), len(str(population.size))) < 1.8 * radius * inch
    y, box = (at[1], None) if inside else (at[1] - radius - 0.05, BOX)
    va = "center_baseline" if inside else "top"
    axes.text(at[0], y, f"{name}\n{population.size}", fontsize=7, ha="center", va=va, bbox=box, zorder=5, linespacing=1.15)


def _legend(axes: Axes, kinds: list[str]) -> None:
    """The lines that there are."""
    for kind, (colour, line, width) in LINES.items():
        if kind in kinds:
            axes.plot([], [], linestyle=line, linewidth=width, color=COLOURS[colour], label=kind)
    if kinds:
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=2, handlelength=2.4)
