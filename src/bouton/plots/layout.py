"""Where the nodes of a diagram stand, and the curves between them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from bouton.plots.given import Floats

Place = tuple[float, float]
APART, ABOVE = 1.7, 1.25
"""From layer to layer, and from node to node within one."""
POINTS = 201


def place_nodes(names: Sequence[str], edges: Iterable[tuple[str, str]]) -> dict[str, Place]:
    """A place for each node: in layers from left to right, by how many edges it is away from a node without inputs.

    More than two nodes that all have inputs stand on a circle.
    """
    onward: dict[str, list[str]] = {name: [] for name in names}
    for source, target in edges:
        if source != target:
            onward[source].append(target)
    reached = {target for targets in onward.values() for target in targets}
    roots = [name for name in names if name not in reached]
    if not roots and len(names) > 2:
        return _circle(names)
    depth = _depths(names, roots or names[:1], onward)
    places: dict[str, Place] = {}
    for layer in range(max(depth.values()) + 1):
        members = [name for name in names if depth[name] == layer]
        inputs = {name: [places[s][1] for s, targets in onward.items() if name in targets and s in places] for name in members}
        members.sort(key=lambda name: -float(np.mean(inputs[name])) if inputs[name] else 0.0)  # stable: else in order of addition
        for number, name in enumerate(members):
            places[name] = (APART * layer, ABOVE * ((len(members) - 1) / 2 - number))
    return places


def _depths(names: Sequence[str], roots: Sequence[str], onward: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """The least number of edges from a root; who is reached from none is one."""
    depth = dict.fromkeys(roots, 0)
    for start in (None, *names):
        if start is not None:
            if start in depth:
                continue
            depth[start] = 0
        front = list(roots) if start is None else [start]
        while front:
            following = [target for name in front for target in onward[name] if target not in depth]
            for name in front:
                depth.update({target: depth[name] + 1 for target in onward[name] if target not in depth})
            front = list(dict.fromkeys(following))
    return depth


def _circle(names: Sequence[str]) -> dict[str, Place]:
    radius = APART / 2 / math.sin(math.pi / len(names))
    angles = [math.pi / 2 - 2 * math.pi * number / len(names) for number in range(len(names))]
    return {name: (radius * math.cos(a), radius * math.sin(a)) for name, a in zip(names, angles, strict=True)}


def bends(edges: Sequence[tuple[str, str]], places: Mapping[str, Place]) -> list[float]:
    """How far each edge bends to its right, as a part of its length, so that no two lie on one another or on a third node."""
    found, seen = [], dict[tuple[str, str], int]()
    for source, target in edges:
        same, back = edges.count((source, target)), edges.count((target, source))
        number = seen[source, target] = seen.get((source, target), -1) + 1
        if source == target:
            found.append(float(number))
        elif back:
            found.append(0.2 + 0.25 * number)
        elif same > 1:
            found.append(0.4 * (number - (same - 1) / 2))
        else:
            found.append(0.4 if _crosses(source, target, places) else 0.0)
    return found


def _crosses(source: str, target: str, places: Mapping[str, Place]) -> bool:
    """Does the straight line come near a third node?"""
    begin, end = np.array(places[source]), np.array(places[target])
    along = end - begin
    for name, place in places.items():
        share = float((np.array(place) - begin) @ along / (along @ along))
        near = float(np.hypot(*(np.array(place) - begin - share * along))) < 0.4
        if name not in {source, target} and 0 < share < 1 and near:
            return True
    return False


def arc(begin: Place, end: Place, bend: float) -> Floats:
    """A curve [point, xy] that bends to the right."""
    p, q = np.array(begin), np.array(end)
    along = q - p
    middle = 0.5 * (p + q) + bend * np.array([along[1], -along[0]])
    t = np.linspace(0, 1, POINTS)[:, np.newaxis]
    points: Floats = (1 - t) ** 2 * p + 2 * t * (1 - t) * middle + t**2 * q
    return points


def free_side(name: str, edges: Iterable[tuple[str, str]], places: Mapping[str, Place]) -> float:
    """The angle at which a node has most room: far from its edges to others; up, if nothing speaks against it."""
    others = {other for edge in edges if name in edge for other in edge} - {name}
    x, y = places[name]
    taken = [math.atan2(places[other][1] - y, places[other][0] - x) for other in sorted(others)]
    sides = [math.pi / 2 + turn * math.pi / 4 for turn in (0, 4, 1, -1, 2, -2, 3, -3)]

    def room(side: float) -> float:
        return min((abs(math.remainder(side - angle, 2 * math.pi)) for angle in taken), default=math.pi)

    return max(sides, key=lambda side: round(room(side), 6))


def loop(place: Place, radius: float, number: float, side: float) -> Floats:
    """A curve [point, xy] from a node back to it, on the ``side`` at this angle; further ones are larger."""
    reach = 0.2 * (1 + number)
    centre = np.array(place) + (radius + 0.6 * reach) * np.array([math.cos(side), math.sin(side)])
    angle = side + np.linspace(-math.pi, math.pi, POINTS)
    points: Floats = centre + reach * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return points


def cut(curve: Floats, begin: Place, before: float, end: Place, behind: float) -> Floats:
    """What of a curve lies outside circles around its ends."""
    outside = np.hypot(*(curve - np.array(begin)).T) > before
    outside &= np.hypot(*(curve - np.array(end)).T) > behind
    return curve[outside] if outside.sum() > 1 else curve
