"""Events whose synapses are not stored: what the kernel is given to draw the targets of a source again.

A source is known by its place among the sources (``source_of``, -1 for neurons that are none), a target by its place among
the targets. A kernel goes through the places from ``low`` up to ``high``, of which each thread has a range; the neuron
``post`` is the place and ``shift``, or looked up in ``target_of``. The gaps between targets are drawn chunk by chunk with the
key ``connections`` and looked up in ``marks`` and ``guide``: see `bouton.network.patterns.gaps`.

``numbers`` is the number of a source's first synapse from ``low`` on (of gaps: in the chunk that ``low`` lies in), among all in
the order of sources and targets: what a synapse draws for itself is drawn with its number, ``j``.
"""

from __future__ import annotations

import numpy as np

from bouton.analysis.facts import ProjectionFacts
from bouton.equations.nodes import Name, Num
from bouton.network.population import base_and_indices
from bouton.plan.builder import KernelBuilder
from bouton.plan.drawn_values import connections_key
from bouton.plan.nodes import Arg, Drawn, Kernel, Store


def draw_targets(builder: KernelBuilder, facts: ProjectionFacts, *, numbered: bool) -> Drawn:
    """Give a kernel over events what it needs to find synapses."""
    assert facts.regeneration is not None
    row, name, slots = facts.regeneration.row, facts.name, builder.slots
    drawn = Drawn(row.kind, row.skip_self and is_within(facts), numbered, not is_contiguous(facts))
    builder.fixed(slots.get(name, ":source of", "i4", "n pre", role="fixed"), "source_of")
    for word in ("low", "high"):
        builder.fixed(slots.get(name, f":{word}", "i8", "1", role="fixed"), word)
    if drawn.placed:
        builder.fixed(slots.get(name, ":target of", "i4", "places", role="fixed"), "target_of")
    else:
        builder.fixed(slots.get(name, ":shift", "i8", "1", role="fixed"), "shift")
    if numbered:
        builder.fixed(slots.get(name, ":numbers", "i8", "n pre", role="fixed"), "numbers")
    if row.kind == "gaps":
        builder.fixed(connections_key(builder, facts), "connections")
        builder.fixed(slots.get(name, ":marks", "i8", "marks", role="fixed"), "marks")
        builder.fixed(slots.get(name, ":guide", "i4", "guide", role="fixed"), "guide")
    return drawn


def is_within(facts: ProjectionFacts) -> bool:
    """True if sources and targets are the same neurons."""
    (pre, sources), (post, targets) = (base_and_indices(side) for side in (facts.projection.source, facts.projection.target))
    return pre is post and np.array_equal(sources, targets)


def is_contiguous(facts: ProjectionFacts) -> bool:
    """True if the targets are neighbours."""
    _, targets = base_and_indices(facts.projection.target)
    return int(targets[-1] - targets[0]) == len(targets) - 1


def counting(kind: str, *, skip_self: bool) -> Kernel:
    """A kernel that adds to ``found`` the synapses of each source that "spikes", between ``low`` and ``high``."""
    scalars = ("width", "mask", "low", "high", "shift")
    args = [Arg(name, "i4", True) for name in ("spikes", "counts", "source_of")]
    args += [Arg(name, "i8", False) for name in scalars] + [Arg("found", "i8", True)]
    if kind == "gaps":
        args += [Arg("connections", "i8", True), Arg("marks", "i8", True), Arg("guide", "i4", True)]
    body = (Store("found", Name("source"), "+=", Num(1)),)
    drawn = Drawn(kind, skip_self, numbered=False, placed=False)
    return Kernel(f"count_{kind}", "events", tuple(args), body=body, drawn=drawn)
