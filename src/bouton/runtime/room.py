"""Is there room for a network? Asked before anything is drawn or allocated, with the numbers of synapses to be expected."""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path

import numpy as np

from bouton.analysis.facts import NetworkFacts, ProjectionFacts
from bouton.backends.memory import size_of
from bouton.errors import Code, NetworkError, SimulationError
from bouton.plan.nodes import Plan
from bouton.runtime.topology import LARGEST

SHOWN = 5
"""Objects that the refusal lists, the largest first."""


def check_room(facts: NetworkFacts, plan: Plan) -> None:
    """Raises NetworkError (E401: too many synapses in one projection), SimulationError (E605: more than the memory there is)."""
    synapses = {p.name: expected_synapses(p) for p in facts.projections}
    for projection in facts.projections:
        if synapses[projection.name] > LARGEST:
            raise NetworkError(
                Code.BAD_VALUE,
                f"{projection.projection.pattern!r:.60} makes {synapses[projection.name]:.3g} synapses",
                where=projection.scope.where,
                expected=f"at most {LARGEST} in one projection",
                hint="a sparser pattern, or several projections from views of the sources",
            )
    available = available_bytes()
    needed = least_bytes(facts, plan, synapses)
    if available is not None and sum(needed.values()) > available:
        raise SimulationError(
            Code.NO_ROOM,
            f"the network takes {_said(sum(needed.values()))} at least: {_table(needed, synapses)}",
            where="Simulation",
            expected=f"at most {_said(available)}, what is available on this machine",
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
    for name in set(synapses) - keep_targets:  # a topology keeps them even if no kernel reads them
        needed[name] += synapses[name] * np.dtype(np.int32).itemsize
    return needed


def available_bytes() -> int | None:
    """Bytes of memory that the system says it could give; None where it does not say."""
    try:
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, ValueError, IndexError, StopIteration):
        pass
    try:  # all memory, where nobody says how much of it is free
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None


def _table(needed: dict[str, float], synapses: dict[str, float]) -> str:
    largest = sorted(needed, key=lambda name: -needed[name])
    counts = {name: f" ({count:.3g} synapses)" for name, count in synapses.items()}
    parts = [f"{name} {_said(needed[name])}{counts.get(name, '')}" for name in largest[:SHOWN]]
    return ", ".join([*parts, *(["…"] if len(largest) > SHOWN else [])])


def _said(size: float) -> str:
    """Bytes in words."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:.3g} TB"
