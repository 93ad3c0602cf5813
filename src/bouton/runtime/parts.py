"""What each thread has of its own: a range of each population's neurons, and the synapses onto them."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bouton.runtime.drawn_topology import DrawnTopology

if TYPE_CHECKING:
    from bouton.backends.memory import Memory
    from bouton.plan.plan import Merge, Plan
    from bouton.runtime.topology import AnyTopology, Topology

Key = tuple[str, str]
NEURON, EVENT, PLASTIC = 900.0, 1.0, 3.0
"""What a neuron costs in a step, and a synapse that an event reaches, without and with variables of its own: in the same
unit, at some ten events a second. What an event costs whatever the number of its synapses, each thread pays."""
ALIGNED = 16
"""Parts begin at multiples of this, so that they share no line of memory."""


def find_limits(
    plan: Plan, sizes: Mapping[str, int], onto: Mapping[str, list[str]], topologies: Mapping[str, AnyTopology]
) -> dict[str, NDArray[np.int64]]:
    """Where the parts of each population begin, and its size at the end: shares of about equal cost.

    ``sizes`` are those of populations, ``onto`` the projections onto each.
    """
    plastic = {slot.owner for slot in plan.slots if slot.role == "state" and slot.shape[0] == "n"} & set(topologies)
    found = {}
    for name, size in sizes.items():
        cost = np.full(size, NEURON)
        for projection in onto.get(name, ()):
            each = PLASTIC if projection in plastic else EVENT
            cost += each * topologies[projection].onto(size)
        reached = np.cumsum(cost)
        wanted = reached[-1] / plan.parts * np.arange(1, plan.parts)
        begins = np.rint(np.searchsorted(reached, wanted) / ALIGNED).astype(np.int64) * ALIGNED
        found[name] = np.array([0, *np.minimum(begins, size), size])
    return found


def _rows(topology: Topology, limits: NDArray[np.int64]) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """For each part where its range of each row starts and stops. Rows in the order of delays all go to the first."""
    begin, end = topology.rows[:-1], topology.rows[1:]
    if topology.delays["axonal"].ndim:
        return [(begin, end), *[(begin, begin)] * (len(limits) - 2)]
    edges = [begin]
    for limit in limits[1:-1]:
        below = np.zeros(topology.size + 1, dtype=np.int32)
        np.cumsum(topology.targets < limit, out=below[1:])
        edges.append(begin + below[end] - below[begin])
    edges.append(end)
    return list(pairwise(edges))


def fixed_of_parts(
    plan: Plan,
    limits: Mapping[str, NDArray[np.int64]],
    targets: Mapping[str, str],
    topologies: Mapping[str, AnyTopology],
    fixed: Mapping[Key, Any],
) -> tuple[dict[Key, Any], ...]:
    """Values of fixed slots that differ between threads; ``targets`` are those of projections."""
    parts: tuple[dict[Key, Any], ...] = tuple({} for _ in range(plan.parts))
    for name, at in limits.items():
        for part, (start, stop) in zip(parts, pairwise(at), strict=True):
            part |= {(name, ":start"): start, (name, ":stop"): stop}
    for name, post in targets.items():
        at, topology = limits[post], topologies[name]
        for number, part in enumerate(parts):
            part |= {(name, ":start post"): at[number], (name, ":stop post"): at[number + 1]}
        if isinstance(topology, DrawnTopology):
            wanted = {slot.name for slot in plan.slots if slot.owner == name}
            for part, own in zip(parts, topology.fixed(wanted, at)[1], strict=True):
                part |= {(name, slot): value for slot, value in own.items()}
            continue
        for part, (starts, stops) in zip(parts, _rows(topology, at), strict=True):
            part |= {(name, ":row_starts"): starts, (name, ":row_stops"): stops}
    for pathway in plan.pathways:
        if pathway.reach == "target":  # a thread only sees the events of its own targets
            continue
        groups, of_age = (fixed[pathway.projection, f"{pathway.name}:{word}"] for word in ("groups", "group of age"))
        for number, part in enumerate(parts):
            ours = np.where(of_age < 0, -1, of_age * plan.parts + number)
            part |= {(pathway.projection, f"{pathway.name}:groups"): groups * plan.parts}
            part |= {(pathway.projection, f"{pathway.name}:group of age"): ours}
    return parts


def file_onto_parts(merge: Merge, memory: Memory) -> None:
    """Make anew from the ring of all spikes the rings of those whose numbers are in a thread's part."""
    ring, found = memory.copies(merge.ring["spikes"].key), memory.copies(merge.ring["counts"].key)
    width = int(memory.view(merge.ring["width"].key)[0])
    for spikes, counts, start, stop in merge.own:
        for part in range(len(ring)):
            low, high = memory.own(start.key, part)[0], memory.own(stop.key, part)[0]
            onto, number = memory.copies(spikes.key)[part], memory.copies(counts.key)[part]
            for row, count in enumerate(found[part]):
                spiked = ring[part][row * width : row * width + count]
                spiked = spiked[(spiked >= low) & (spiked < high)]
                onto[row * width : row * width + len(spiked)] = spiked
                number[row] = len(spiked)
