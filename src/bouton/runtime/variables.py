"""The values of variables as users see them, wherever the plan keeps them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from bouton.analysis.facts import Facts, ProjectionFacts
from bouton.analysis.find_integration import Exact
from bouton.analysis.symbols import Symbol
from bouton.plan.nodes import Slot
from bouton.plan.plan import Plan, Totals
from bouton.plan.recipes import Trace
from bouton.runtime.state import is_drawn_again
from bouton.runtime.waiting import written

if TYPE_CHECKING:
    from bouton.runtime.simulation import Simulation
    from bouton.runtime.state import State

Floats = NDArray[np.float64]
Fixed: TypeAlias = dict[tuple[str, str], Any]


def is_event_driven(facts: Facts, name: str) -> bool:
    """True for a variable of synapses that is a trace unless what changes it is added up."""
    groups = (group for group in facts.integration if name in group.variables)
    return isinstance(facts, ProjectionFacts) and any(isinstance(g, Exact) and g.event_driven for g in groups)


def is_trace(state: State, facts: Facts, name: str) -> bool:
    """True for an event-driven variable, stored as it was at its last write."""
    return (facts.name, f"{name}:at") in state.memory.place


def current(state: State, facts: Facts, name: str, step: int, fixed: Fixed | None = None) -> Floats:
    """The values now, one for each element that the plan keeps; by the numbers in ``fixed`` if others hold by now."""
    fixed = state.fixed if fixed is None else fixed
    totals = state.plan.accumulated.get(facts.name)
    if totals is not None and name in totals.variables:
        assert isinstance(facts, ProjectionFacts)
        return _carried(state, facts, totals, name, step)
    stored = state.memory.view((facts.name, name))
    if not is_trace(state, facts, name):
        return stored.astype(np.float64)
    passed = step - state.memory.view((facts.name, f"{name}:at")).astype(np.int64)
    decay = _decay(state, facts, name, passed, fixed)
    if (facts.name, f"{name}:rest") not in fixed:
        return np.asarray(stored * decay, dtype=np.float64)
    rest, drift = (np.asarray(fixed[facts.name, f"{name}:{w}"]) for w in ("rest", "drift"))
    return np.asarray(rest + (stored - rest) * decay + drift * passed.astype(stored.dtype), dtype=np.float64)


def _decay(state: State, facts: Facts, name: str, passed: NDArray[np.int64], fixed: Fixed) -> NDArray[Any]:
    """exp(rate·passed) as kernels have it, in their precision."""
    recipe = next(r for r in state.plan.recipes if isinstance(r, Trace) and r.rate.key == (facts.name, f"{name}:rate"))
    if (table := recipe.table) is None:
        rate = np.asarray(fixed[recipe.rate.key])
        exponents = rate * passed.astype(rate.dtype)
        return np.array([math.exp(exponent) for exponent in exponents.tolist()], dtype=rate.dtype)
    near, far, mask, shift = (fixed[slot.key] for slot in (table.near, table.far, table.mask, table.shift))
    return np.asarray(near[passed & mask] * far[np.minimum(passed >> shift, len(far) - 1)])


def keep_values(state: State, before: Fixed, step: int) -> None:
    """Traces whose equation has other numbers than ``before`` go on from what they are now."""
    for facts in state.facts.projections:
        for name in facts.scope.symbols:
            keys = [(facts.name, f"{name}:{word}") for word in ("rate", "rest", "drift")]
            lies_elsewhere = (facts.name, name) in state.memory.shared
            if (
                is_trace(state, facts, name)
                and not lies_elsewhere
                and any(not np.array_equal(before[key], state.fixed[key]) for key in keys if key in state.fixed and key in before)
            ):
                put(state, facts, name, current(state, facts, name, step, before), step)


def _carried(state: State, facts: ProjectionFacts, totals: Totals, name: str, step: int) -> Floats:
    """A variable to which something is added in each step, as its next event will find it."""

    pre, post = state.topologies[facts.name].sources, state.topologies[facts.name].targets
    age = _age(state, totals, step)
    stored = {each: _doubles(state, (facts.name, each)) for each in totals.variables}
    varying = (name, name) in totals.totals  # an entry of its own, in the place of a power
    result = np.zeros(len(pre)) if varying else _moved(state, totals.on, name, stored, age)
    for (variable, column), total in totals.totals.items():
        if variable == name and column in stored:
            result = result + _doubles(state, total.key)[post] * stored[column]
        elif variable == name:
            now = {source: current(state, facts, source, step) for source in totals.sources}
            result = result + _doubles(state, total.key)[post] * _moved(state, totals.back, column, now, age)[pre]
    return result


def _moved(state: State, powers: Mapping[tuple[str, str], Slot], name: str, values: Mapping[str, Floats], age: int) -> Floats:
    """What a variable was or will be, given the ``values`` of all, had they only followed their own equations."""
    entries = {column: slot for (row, column), slot in powers.items() if row == name}
    if not entries:
        return values[name]
    terms = [float(_doubles(state, slot.key)[age]) * values[column] for column, slot in entries.items()]
    return np.asarray(sum(terms[1:], start=terms[0]))


def _doubles(state: State, key: tuple[str, str]) -> Floats:
    return state.memory.view(key).astype(np.float64)


def _age(state: State, totals: Totals, step: int) -> int:
    """How many steps of the span at hand are over."""
    return step & int(state.memory.view(totals.mask.key)[0])


def bring_up_to_date(state: State, step: int, facts: ProjectionFacts | None = None, plan: Plan | None = None) -> None:
    """Give the synapses (of one projection) what was added up for them, before something changes that it rests on.

    Variables that are added up in a ``plan`` to come get their values of now as well. `begin_spans` comes after that.
    """
    for each in state.facts.projections if facts is None else (facts,):
        totals, later = (p.accumulated.get(each.name) for p in (state.plan, plan or state.plan))
        names = {name for found in (totals, later) if found is not None for name in found.variables}
        values = {name: current(state, each, name, step) for name in sorted(names)}
        for name, value in values.items():
            state.memory.put((each.name, name), value)
        for (variable, column), slot in {} if totals is None else totals.totals.items():
            state.memory.put(slot.key, 1.0 if variable == column else 0.0)


def begin_spans(state: State, step: int, facts: ProjectionFacts | None = None, before: Plan | None = None) -> None:
    """Let synapses (of one projection) that are up to date go on within the span at hand, by the numbers that hold now.

    Variables that were added up in the plan ``before`` go on as well.
    """
    for each in state.facts.projections if facts is None else (facts,):
        totals, earlier = (None if p is None else p.accumulated.get(each.name) for p in (state.plan, before))
        for name in () if earlier is None else earlier.variables:
            if is_trace(state, each, name):
                state.memory.put((each.name, f"{name}:at"), step)
        if totals is None:
            continue
        now = {name: _doubles(state, (each.name, name)) for name in totals.variables}
        for name in totals.variables:
            state.memory.put((each.name, name), _moved(state, totals.back, name, now, _age(state, totals, step)))


def put(state: State, facts: Facts, name: str, values: Floats, step: int) -> None:
    """Set the values now, one for each element that the plan keeps."""
    if isinstance(facts, ProjectionFacts):
        bring_up_to_date(state, step, facts)
    state.memory.put((facts.name, name), values)
    if is_trace(state, facts, name):
        state.memory.put((facts.name, f"{name}:at"), step)
    if isinstance(facts, ProjectionFacts):
        begin_spans(state, step, facts)


def read_variable(simulation: Simulation, facts: Facts, symbol: Symbol) -> Floats:
    """A variable's values now, in the user's order, shape (n,) or () if shared."""
    state = simulation.state
    if isinstance(facts, ProjectionFacts) and is_drawn_again(facts, symbol.base):
        return state.drawn_again(facts, symbol.base)
    if (facts.name, symbol.base) in written(state.plan):
        simulation.look()
    if symbol.kind == "constant":
        values = np.broadcast_to(state.given[facts.name, symbol.base], (1 if symbol.shared else state.size(facts),))
    else:
        values = current(state, facts, symbol.base, simulation.step)
    if symbol.shared:
        return values.reshape(())
    if not isinstance(facts, ProjectionFacts):
        return values
    neurons = state.keepers(facts, symbol.base)
    return state.topologies[facts.name].in_user_order(values if neurons is None else values[neurons])


def write_variable(simulation: Simulation, facts: Facts, symbol: Symbol, values: Floats) -> None:
    """Set all of a variable's values, given in the user's order.

    A variable kept with neurons stays there as long as the synapses of each get one value, but is no longer shared.
    """
    state = simulation.state
    if isinstance(facts, ProjectionFacts):
        simulation.settle()
    if isinstance(facts, ProjectionFacts) and not symbol.shared:
        values = state.topologies[facts.name].in_storage_order(values)
    if symbol.kind == "constant":
        state.given[facts.name, symbol.base] = np.array(values)
        simulation.stale = True
        return
    neurons = state.keepers(facts, symbol.base) if isinstance(facts, ProjectionFacts) else None
    if neurons is not None:
        assert isinstance(facts, ProjectionFacts)
        simulation.keep_alone(facts.name, symbol.base)
        one_each = current(state, facts, symbol.base, simulation.step)
        one_each[neurons] = values
        if np.array_equal(one_each[neurons], values, equal_nan=True):
            values = one_each
        else:
            simulation.keep_apart(facts, symbol.base)
    put(state, facts, symbol.base, values, simulation.step)
