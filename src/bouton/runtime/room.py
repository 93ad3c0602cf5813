"""Is there room for a network? Asked before anything is drawn or allocated, with the numbers of synapses to be expected."""

from __future__ import annotations

import math
from collections import defaultdict

import numpy as np

from bouton.analysis.facts import NetworkFacts, ProjectionFacts
from bouton.backends.memory import size_of
from bouton.errors import Code, NetworkError, SimulationError
from bouton.plan.plan import Plan
from bouton.plan.slots import target_type
from bouton.runtime.available import available_bytes, said
from bouton.runtime.topology import LARGEST

LARGEST_DRAWN = 2**32
"""Synapses that draw values with their numbers: words of 32 bits."""
SHOWN = 5
"""Objects that the refusal lists, the largest first."""


def check_room(facts: NetworkFacts, plan: Plan) -> None:
    """Raises NetworkError (E401: too many synapses in one projection), SimulationError (E605: more than the memory there is)."""
    synapses = {p.name: expected_synapses(p) for p in facts.projections}
    numbered = {slot.owner for slot in plan.slots if slot.name == ":numbers"}
    for projection in facts.projections:
        drawn = LARGEST_DRAWN if projection.name in numbered else math.inf
        largest = LARGEST if projection.regeneration is None else drawn
        if synapses[projection.name] > largest:
            raise NetworkError(
                Code.BAD_VALUE,
                f"{projection.projection.pattern!r:.60} makes {synapses[projection.name]:.3g} synapses",
                where=projection.scope.where,
                expected=f"at most {largest} in one projection",
                hint="a sparser pattern, or several projections from views of the sources",
            )
    available = available_bytes()
    needed = least_bytes(facts, plan, synapses)
    if available is not None and sum(needed.values()) > available:
        raise SimulationError(
            Code.NO_ROOM,
            f"the network takes {said(sum(needed.values()))} at least: {_table(needed, synapses)}",
            where="Simulation",
            expected=f"at most {said(available)}, what is available on this machine",
            hint="fewer neurons or a sparser pattern",
        )


def expected_synapses(facts: ProjectionFacts) -> float:
    """The mean number of synapses that the pattern of a projection makes."""
    source, target = facts.projection.source, facts.projection.target
    same = getattr(source, "base", source) is getattr(target, "base", target)
    return facts.projection.pattern.expected(len(source), len(target), same)


def least_bytes(facts: NetworkFacts, plan: Plan, synapses: dict[str, float]) -> dict[str, float]:
    """Bytes of each object, for all whose size is known beforehand; what is needed for a moment only is left out."""
    sizes: defaultdict[tuple[str, str], int] = defaultdict(lambda: 1)
    for population in facts.populations:
        sizes |= {(population.name, name): population.population.size for name in ("n", "width")}
    for p in facts.projections:
        sides = {"n pre": p.pre.population.size, "n post": p.post.population.size}
        sizes |= {(p.name, name): size for name, size in {"n": int(synapses[p.name]), **sides}.items()}
    needed: dict[str, float] = {each.name: 0.0 for each in facts.objects}
    for slot in plan.slots:
        if slot.owner in needed:
            copies = plan.parts if slot.key in plan.private else 1
            needed[slot.owner] += copies * size_of(slot, sizes) * slot.item_bytes
    keep_targets = {slot.owner for slot in plan.slots if slot.name == ":target"}
    keep_targets |= {p.name for p in facts.projections if p.regeneration is not None}
    for p in facts.projections:
        if p.name not in keep_targets:  # a topology keeps them even if no kernel reads them
            needed[p.name] += synapses[p.name] * np.dtype(target_type(p)).itemsize
    return needed


def _table(needed: dict[str, float], synapses: dict[str, float]) -> str:
    largest = sorted(needed, key=lambda name: -needed[name])
    counts = {name: f" ({count:.3g} synapses)" for name, count in synapses.items()}
    parts = [f"{name} {said(needed[name])}{counts.get(name, '')}" for name in largest[:SHOWN]]
    return ", ".join([*parts, *(["…"] if len(largest) > SHOWN else [])])
