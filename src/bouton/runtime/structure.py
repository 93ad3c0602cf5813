"""Synapses that appear and go between steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, final

import numpy as np
from numpy.typing import NDArray

from bouton.analysis.facts import Facts, ProjectionFacts
from bouton.analysis.symbols import Symbol
from bouton.equations.nodes import Call, Expr
from bouton.errors import Code, SimulationError
from bouton.model.structure import Condition
from bouton.network.population import base_and_indices
from bouton.network.structure import Matching
from bouton.random import philox
from bouton.runtime.evaluate import evaluate
from bouton.runtime.expressions import value_of_name
from bouton.runtime.grid import duration_steps
from bouton.runtime.topology import Topology
from bouton.units import TIME, in_base

if TYPE_CHECKING:
    from bouton.runtime.simulation import Simulation

Bools = NDArray[np.bool_]
Ids = NDArray[np.int64]
PAIRS_AT_ONCE = 2**20
"""Pairs of neurons whose condition is evaluated together."""
MOST = 2**24
"""What a neuron may have of elements: more is a mistake."""
ROUNDS = 8
"""How often elements that may not be joined are offered to one another anew at one time."""


@dataclass(frozen=True)
class Change:
    """Which synapses stay, by place of storage, and the ends of new ones."""

    kept: Bools
    sources: Ids
    targets: Ids

    @property
    def is_none(self) -> bool:
        """True if nothing changes."""
        return bool(self.kept.all()) and len(self.sources) == 0


@final
class Structure:
    """When synapses of a simulation change, and how; ``asked`` is the last step at which it looked whether any do."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self.asked = 0
        projections = [f for f in simulation.facts.projections if f.projection.structure or f.projection.model.conditions]
        self._projections = tuple(projections)
        for _ in self._questions():  # refuses intervals that are none
            pass

    def return_to(self, step: int) -> None:
        """Go on from where questions had been asked up to this step, 0 if none had."""
        self.asked = step

    def until_next(self, step: int) -> int:
        """Steps until somebody asks again."""
        return min((n - step % n for _, _, n in self._questions()), default=2**62)

    def change(self) -> bool:
        """Let synapses appear and go if it is time to, once a step; True if any did."""
        simulation, step, changed = self._simulation, self._simulation.step, False
        if step <= self.asked:
            return False
        for facts, question, steps in self._questions():
            if step % steps:
                continue
            if simulation.state.learning[facts.name] and not (found := self._answer(facts, question)).is_none:
                simulation.rewire(facts, found)
                changed = True
        simulation.look_away()
        self.asked = step
        return changed

    def _questions(self) -> Iterator[tuple[ProjectionFacts, Condition | Matching, int]]:
        """What is asked of which projection, each how many steps: in the order in which it is."""
        simulation = self._simulation
        for facts in self._projections:
            own = facts.projection.structure
            for question in (*facts.projection.model.conditions, *(() if own is None else (own,))):
                what = question.kind if isinstance(question, Condition) else "Matching"
                interval = question.interval
                if isinstance(interval, str):
                    seconds = float(simulation.state.given[facts.name, interval])
                elif hasattr(interval, "units"):
                    seconds = float(in_base(interval, TIME, where=facts.scope.where))
                else:
                    seconds = simulation.dt
                steps = duration_steps(seconds, simulation.dt, f"the interval of {what}", facts.scope.where)
                if steps == 0:
                    raise SimulationError(
                        Code.BAD_TIME, f"the interval of {what} is 0 ms", where=facts.scope.where, expected="at least dt"
                    )
                yield facts, question, steps

    def _answer(self, facts: ProjectionFacts, question: Condition | Matching) -> Change:
        topology = self._simulation.state.topologies[facts.name]
        assert isinstance(topology, Topology)
        if isinstance(question, Matching):
            return _match(self._simulation, facts, question, topology)
        if question.kind == "prune":
            goes = _goes(self._simulation, facts, question.expression, topology)
            return Change(~goes, np.empty(0, np.int64), np.empty(0, np.int64))
        return Change(np.ones(topology.size, dtype=bool), *_appears(self._simulation, facts, question.expression, topology))


def _goes(simulation: Simulation, facts: ProjectionFacts, condition: Expr, topology: Topology) -> Bools:
    """Where the condition holds, by place of storage."""
    ids = topology.ids

    def value_of(name: str) -> Any:
        return value_of_name(simulation, facts, facts.scope.resolve(name, None), name)

    answer = evaluate(facts.scope.expand(condition), value_of, _drawing(simulation, facts, 0, ids, 0))
    return topology.in_storage_order(np.broadcast_to(np.asarray(answer, dtype=bool), (topology.size,)))


def _appears(simulation: Simulation, facts: ProjectionFacts, condition: Expr, topology: Topology) -> tuple[Ids, Ids]:
    """The pairs without a synapse for which the condition holds, by source and target."""
    (pre, sources), (post, targets) = (base_and_indices(side) for side in (facts.projection.source, facts.projection.target))
    alone = pre is post and not getattr(facts.projection.pattern, "self_connections", False)
    expanded = facts.scope.expand(condition)
    rows = max(1, PAIRS_AT_ONCE // max(1, len(targets)))
    column = np.full(post.size, -1, dtype=np.int64)
    column[targets] = np.arange(len(targets))
    begin: list[Ids] = [np.empty(0, dtype=np.int64)]
    end: list[Ids] = [np.empty(0, dtype=np.int64)]
    for first in range(0, len(sources), rows):
        own = sources[first : first + rows]
        answer = _holds(simulation, facts, expanded, own, targets)
        for row, source in enumerate(own):
            there = column[topology.targets[topology.rows[source] : topology.rows[source + 1]]]
            answer[row, there[there >= 0]] = False
            if alone and column[source] >= 0:
                answer[row, column[source]] = False
        row_of, column_of = np.nonzero(answer)
        begin.append(own[row_of])
        end.append(targets[column_of])
    return np.concatenate(begin), np.concatenate(end)


def _holds(simulation: Simulation, facts: ProjectionFacts, condition: Expr, sources: Ids, targets: Ids) -> Bools:
    """For which pairs of neurons the condition holds, shape (sources, targets)."""

    def value_of(name: str) -> Any:
        symbol = facts.scope.resolve(name, None)
        if symbol.owner not in {"pre", "post"}:
            return value_of_name(simulation, facts, symbol, name)
        value = _of_neurons(simulation, facts, symbol)
        if np.ndim(value) == 0:
            return value
        return value[sources][:, None] if symbol.owner == "pre" else value[targets][None, :]

    draw = _drawing(simulation, facts, 1, targets[None, :], sources[:, None])
    answer = np.asarray(evaluate(condition, value_of, draw), dtype=bool)
    return np.array(np.broadcast_to(answer, (len(sources), len(targets))))


def _of_neurons(simulation: Simulation, facts: ProjectionFacts, symbol: Symbol) -> Any:
    """A value of all neurons on a side."""
    side: Facts = facts.pre if symbol.owner == "pre" else facts.post
    return value_of_name(simulation, side, side.scope.symbols[symbol.base], symbol.name)


def _drawing(simulation: Simulation, facts: ProjectionFacts, kind: int, element: Any, sub: Any) -> Callable[[Call, int], Any]:
    """Draws of a condition: keyed by its kind, the place in the text, the element (and for pairs the source), and the step."""
    draws = {"rand": philox.uniform, "randn": philox.normal}

    def draw(call: Call, site: int) -> Any:
        key = philox.stream_key(simulation.state.seed, 6, facts.index, kind, site)
        shape = np.broadcast(element, sub)
        elements, subs = (np.ascontiguousarray(np.broadcast_to(each, shape.shape)) for each in (element, sub))
        return draws[call.func](key, elements, simulation.step, subs)

    return draw


def _match(simulation: Simulation, facts: ProjectionFacts, matching: Matching, topology: Topology) -> Change:
    """Synapses beyond what elements there are go; vacant elements find one another."""
    key = philox.stream_key(simulation.state.seed, 6, facts.index, 2)
    kept = np.ones(topology.size, dtype=bool)
    ids = topology.numbers(np.arange(topology.size))
    ends = (topology.sources.astype(np.int64), topology.targets.astype(np.int64))
    counts = _elements(simulation, facts, matching)
    for number, (end, count) in enumerate(zip(ends, counts, strict=True)):
        _drop(kept, end, count, philox.uniform(key, ids, simulation.step, number))
    vacant = [
        np.repeat(np.arange(len(count)), count - np.bincount(end[kept], minlength=len(count)))
        for count, end in zip(counts, ends, strict=True)
    ]
    alone = facts.pre is facts.post and not matching.self_connections
    taken = set() if matching.multapses else set(zip(ends[0][kept].tolist(), ends[1][kept].tolist(), strict=True))
    found: list[tuple[int, int]] = []
    for turn in range(ROUNDS):
        sources, targets = (
            each[np.argsort(philox.uniform(key, np.arange(len(each)), simulation.step, 2 + 2 * turn + number), kind="stable")]
            for number, each in enumerate(vacant)
        )
        few = min(len(sources), len(targets))
        left = (sources[few:].tolist(), targets[few:].tolist())
        for pair in zip(sources[:few].tolist(), targets[:few].tolist(), strict=True):
            if (alone and pair[0] == pair[1]) or pair in taken:
                left[0].append(pair[0])
                left[1].append(pair[1])
                continue
            found.append(pair)
            if not matching.multapses:
                taken.add(pair)
        vacant = [np.array(sorted(each), dtype=np.int64) for each in left]
        if not min(map(len, vacant)):
            break
    made = np.array(sorted(found), dtype=np.int64).reshape(-1, 2)
    return Change(kept, made[:, 0], made[:, 1])


def _elements(simulation: Simulation, facts: ProjectionFacts, matching: Matching) -> tuple[Ids, Ids]:
    """How many elements each neuron has, on both sides; none outside of views."""
    result = []
    sides = ((facts.pre, facts.projection.source, matching.pre), (facts.post, facts.projection.target, matching.post))
    for side, view, name in sides:
        base, chosen = base_and_indices(view)
        value = np.broadcast_to(np.asarray(value_of_name(simulation, side, side.scope.symbols[name], name)), (base.size,))
        count = np.zeros(base.size, dtype=np.int64)
        wrong = ~(value[chosen] < MOST)
        if wrong.any():
            neuron = int(chosen[np.argmax(wrong)])
            raise SimulationError(
                Code.NOT_FINITE,
                f"{name!r} of neuron {neuron} of {side.name!r} is {value[neuron]:g} at step {simulation.step}",
                where=f"Matching, {facts.name}",
                expected=f"a number of elements below {MOST}",
            )
        count[chosen] = np.floor(np.maximum(value[chosen], 0)).astype(np.int64)
        result.append(count)
    return result[0], result[1]


def _drop(kept: Bools, end: Ids, allowed: Ids, drawn: NDArray[np.float64]) -> None:
    """Of the synapses of each neuron let as many go as are too many: those with the smallest numbers."""
    there = np.flatnonzero(kept)
    order = there[np.lexsort((drawn[there], end[there]))]
    neurons = end[order]
    begins = np.searchsorted(neurons, np.arange(len(allowed) + 1))
    too_many = np.maximum(np.diff(begins) - allowed, 0)
    rank = np.arange(len(order)) - begins[neurons]
    kept[order[rank < too_many[neurons]]] = False
