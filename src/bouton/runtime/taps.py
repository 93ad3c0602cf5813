"""What a recorder of a variable takes out: checked, and found in the plan."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bouton.analysis.check_random import check_no_noise
from bouton.analysis.facts import Facts, ProjectionFacts
from bouton.analysis.symbols import unit_for
from bouton.backends.program import sample_positions
from bouton.equations.nodes import Name
from bouton.errors import Code, NameError_, SimulationError, nearest, one_of
from bouton.plan.plan import Plan
from bouton.recording import EventRecording, TraceRecording
from bouton.runtime.grid import duration_steps
from bouton.runtime.recorders import OBSERVED, EventTap, TraceTap
from bouton.runtime.state import State
from bouton.runtime.topology import Topology
from bouton.runtime.variables import is_event_driven
from bouton.units import Quantity, in_seconds

MOMENTS = ("before", "transmitted", "after")
"""When variables of synapses are recorded at events."""
Ids = NDArray[np.int64]


def check_recordable(facts: Facts, variable: str) -> None:
    """Raises NameError_ (E206) for what is no variable, SimulationError (E603) for synapses that are not stored."""
    known = {n: s for n, s in facts.scope.symbols.items() if s.kind in {"ode", "variable", "expression"}}
    given: Any = variable  # whatever somebody gave
    if not isinstance(given, str) or given not in known:
        raise NameError_(
            Code.UNKNOWN_VARIABLE,
            f"{variable!r:.60} cannot be recorded: it is not a variable",
            where=facts.scope.where,
            expected=one_of(known),
            hint=nearest(variable, known) if isinstance(given, str) else "a recording for each of several variables",
        )
    check_no_noise(Name(variable), facts.scope, "a recorder")
    if isinstance(facts, ProjectionFacts) and facts.regeneration is not None:
        raise SimulationError(
            Code.BAD_RECORDER,
            f"{variable!r} would be recorded of synapses that are not stored",
            where=facts.scope.where,
            expected="a projection with stored=True, or a population",
        )


def trace_tap(
    state: State, plan: Plan, facts: Facts, variable: str, when: str, elements: Ids, every: Quantity | None
) -> TraceTap:
    """Of a variable at a position in the step. Raises SimulationError: E603 (no such position), E601 (the interval)."""
    symbol = facts.scope.symbols[variable]
    position, positions = when.removeprefix("after:"), sample_positions(plan)
    if position not in positions or (position in {"start", "end"}) == when.startswith("after:"):
        choices = ["start", "end", *(f"after:{p}" for p in positions if p not in {"start", "end"}), *MOMENTS]
        raise SimulationError(
            Code.BAD_RECORDER, f"when={when!r}", where="Simulation.record", expected=one_of(choices), hint=nearest(when, choices)
        )
    interval = 1
    if every is not None:
        interval = duration_steps(in_seconds(every, where="Simulation.record"), state.dt, "every", "Simulation.record")
    if interval == 0:
        raise SimulationError(Code.BAD_TIME, f"every is {every}", where="Simulation.record", expected="at least dt")
    computed = is_event_driven(facts, variable) or symbol.kind == "expression"
    slot = variable + OBSERVED if computed else variable
    places, ids = elements, None
    if symbol.shared:
        elements = places = np.zeros(1, dtype=np.int64)
    elif isinstance(facts, ProjectionFacts):
        topology = state.topologies[facts.name]
        places, ids = topology.stored(elements), topology.ids[elements] if isinstance(topology, Topology) else None
        elements = elements if ids is None else ids
    offset = int(position == "end")
    recording = TraceRecording(variable, unit_for(symbol), state.dt, elements, offset, object_name=facts.name)
    return TraceTap(recording, (facts.name, slot), places, interval, offset, position, ids)


def event_tap(state: State, facts: Facts, variable: str, when: str, elements: Ids | None, every: Quantity | None) -> EventTap:
    """Of a variable of synapses at their events, of all or of ``elements``. Raises SimulationError (E603)."""
    if not isinstance(facts, ProjectionFacts) or every is not None:
        raise SimulationError(
            Code.BAD_RECORDER,
            f"when={when!r} records variables of synapses at events",
            where="Simulation.record",
            expected="a projection, and no interval",
        )
    unit, topology = unit_for(facts.scope.symbols[variable]), state.topologies[facts.name]
    assert isinstance(topology, Topology)
    size = topology.size if topology.born is None else topology.born
    chosen = None if elements is None else topology.ids[elements]
    return EventTap(EventRecording(variable, unit, state.dt, size, chosen, object_name=facts.name), facts.name, variable, when)
