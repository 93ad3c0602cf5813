"""From facts to plan: the calls of one time step, phase by phase."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field

from bouton.analysis.facts import Facts, NetworkFacts, ProjectionFacts
from bouton.analysis.find_accumulation import Accumulation, find_accumulation
from bouton.analysis.find_deferral import Deferral, find_deferral
from bouton.equations.nodes import Name, names
from bouton.errors import Code, ModelError
from bouton.model.blocks import Block, TimeStep, phase_of
from bouton.network.population import Population
from bouton.plan import lower_neurons, lower_regular, lower_settling, lower_synapses
from bouton.plan.lower_accumulated import Accumulated
from bouton.plan.lower_deferred import Deferred
from bouton.plan.lower_sources import emit
from bouton.plan.lower_sums import renewing
from bouton.plan.lower_synapses import Writes
from bouton.plan.nodes import AGES, Slot
from bouton.plan.passes.snapshot import snapshot
from bouton.plan.plan import Call, Pathway, Phase, Plan
from bouton.plan.recipes import Given, Steps
from bouton.plan.slots import Places, Slots
from bouton.plan.step_order import complete_order
from bouton.plan.synapse_kernels import column_pathway
from bouton.units import TIME, in_base


@dataclass(frozen=True)
class Watch:
    """What recorders want to see beyond slots: values computed on demand, and records of events.

    ``computed``: ``(object, name)`` → positions (phase names, ``start``, ``end``) at which a
    sub-expression or event-driven variable is sampled. ``sampled``: ``(object, name)`` → (position, interval in steps)
    of the samples of variables that have slots. ``logged``: projection → (variable, moment). ``positions`` are those
    within the step at which anything is sampled.
    """

    computed: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    sampled: Mapping[tuple[str, str], frozenset[tuple[str, int]]] = field(default_factory=dict)
    logged: Mapping[str, frozenset[tuple[str, str]]] = field(default_factory=dict)
    positions: frozenset[str] = frozenset()


def lower(
    facts: NetworkFacts,
    order: tuple[str, ...],
    watch: Watch | None = None,
    places: Places | None = None,
    *,
    defer: bool = False,
    shared: frozenset[str] = frozenset(),
) -> Plan:
    """The plan of a network: unoptimised, but for the variables that ``places`` puts with neurons, for what waits for
    presynaptic events where ``defer`` allows it. Of the variables called as in ``shared``, each projection is told whether
    it stores them.

    Raises ModelError: E503 (two writers in one phase), E504 (step order), E506.
    """
    slots = Slots(facts, places or {}, shared)
    return _Lowering(facts, complete_order(order, facts), watch or Watch(), slots, defer=defer).plan()


def deferral(facts: ProjectionFacts, order: tuple[str, ...], watch: Watch, places: Places) -> Deferral | str:
    """Whether the postsynaptic events of a projection wait; else the reason why not."""
    return find_deferral(facts, places.get(facts.name, {}), order, _logged_elsewhere(facts, watch))


def accumulation(facts: ProjectionFacts, order: tuple[str, ...], watch: Watch, places: Places) -> Accumulation | str:
    """Whether what a regular block of a projection adds in each step is added up; else the reason why not."""
    seen = {n for owner, name in (*watch.computed, *watch.sampled) if owner == facts.name for n in _read(facts, name)}
    seen |= _logged_elsewhere(facts, watch)
    return find_accumulation(facts, places.get(facts.name, {}), order, frozenset(seen))


def _read(facts: ProjectionFacts, name: str) -> frozenset[str]:
    return names(facts.scope.expand(Name(name)))


def _logged_elsewhere(facts: ProjectionFacts, watch: Watch) -> frozenset[str]:
    """What is recorded at events other than presynaptic ones."""
    if any(moment != "transmitted" for _, moment in watch.logged.get(facts.name, ())):
        return frozenset(facts.scope.symbols)
    return frozenset()


class _Lowering:
    def __init__(self, facts: NetworkFacts, order: tuple[str, ...], watch: Watch, slots: Slots, *, defer: bool) -> None:
        self.facts = facts
        self.order = order
        self.watch = watch
        self.slots = slots
        self.pathways: dict[tuple[str, str], Pathway] = {}
        self.deferred = {p.name: d for p in facts.projections if defer and (d := self.find_deferred(p)) is not None}
        self.accumulated = {p.name: a for p in facts.projections if defer and (a := self.find_accumulated(p)) is not None}
        slots.carried = frozenset((name, v) for name, each in self.accumulated.items() for v in each.found.variables)
        self.least: dict[tuple[str, str], int] = {}
        self.peeked = {(p, n) for p, n in self.watch.sampled if p in self.deferred and n in self.deferred[p].found.variables}

    def plan(self) -> Plan:
        """The calls of a step, phase by phase, and all that they touch."""
        for facts in self.facts.populations:
            lower_neurons.check_threshold(facts)
            self.slots.spikes(facts)
            self.slots.last(facts)
        for each in self.facts.objects:
            self.declare(each)
        eras = [renewing(self.slots, d.facts, d.found) for d in self.deferred.values() if d.found.sum is not None]
        begun = [call for calls in eras for call in calls]
        phases = [self.phase("start", begun, 0), self.phase("summed", self.sums(), 0)]
        integrated = 0
        for step in self.order:
            phases.append(self.step(step, integrated))
            integrated = integrated or int(step == "integrate")
        phases.append(self.phase("end", self.histories(), 1))
        settling = {name: lower_settling.settle(self.slots, d) for name, d in self.deferred.items()}
        phases = [self.settled(phase, settling) for phase in phases]
        phases = [p for p in phases if p.calls or p.name not in {"summed"}]
        self.slots.adopt(AGES)
        return Plan(
            tuple(phases),
            tuple(self.slots.known.values()),
            tuple(self.pathways.values()),
            tuple(self.slots.recipes),
            dict(self.slots.initial),
            self.order,
            tuple(call for calls in settling.values() for call in calls),
            dict(self.least),
            {name: each.plan(self.slots) for name, each in self.accumulated.items()},
            frozenset(self.peeked),
            tuple(dataclasses.replace(call, every=None) for call in begun),
        )

    def find_accumulated(self, facts: ProjectionFacts) -> Accumulated | None:
        found = accumulation(facts, self.order, self.watch, self.slots.places)
        return None if isinstance(found, str) else Accumulated(facts, found)

    def find_deferred(self, facts: ProjectionFacts) -> Deferred | None:
        found = deferral(facts, self.order, self.watch, self.slots.places)
        if isinstance(found, str):
            return None
        phase = found.post.name if found.post.name in self.order else "on_post"
        deferred = Deferred(facts, found, int(self.order.index("integrate") < self.order.index(phase)))
        deferred.recorder = lower_synapses.event_block(self.slots, facts, found.post, Writes(phase), frozenset(), deferred)
        return deferred

    def settled(self, phase: Phase, settling: Mapping[str, tuple[Call, ...]]) -> Phase:
        """The phase with what brings synapses up to date: where spans end, and when a history is half full."""
        calls = list(phase.calls)
        if phase.name == "end":
            calls += [call for each in self.accumulated.values() for call in lower_regular.close_span(self.slots, each)]
        for name, deferred in self.deferred.items():
            found = deferred.found
            if phase.name == (found.post.name if found.post.name in self.order else "on_post"):
                calls = [*lower_settling.settle_if_full(self.slots, deferred, settling[name]), *calls]
        return dataclasses.replace(phase, calls=tuple(calls))

    def declare(self, facts: Facts) -> None:
        """Every variable and parameter that is kept has a slot, read or not: users set and record them."""
        again = facts.regeneration if isinstance(facts, ProjectionFacts) else None
        if again is None:
            self.slots.size(facts)
        for name, symbol in facts.scope.symbols.items():
            if again is not None and name in again.values:
                continue
            if symbol.kind in {"ode", "variable", "constant", "parameter"}:
                self.slots.value(facts, name)
                if isinstance(facts, ProjectionFacts) and self.slots.trace(facts, name) is not None:
                    self.slots.written(facts, name)
            elif symbol.kind == "linked":
                self.slots.link(facts, name)

    def phase(self, name: str, calls: list[Call], clock_offset: int) -> Phase:
        """A phase with the evaluations that recorders want after it."""
        seen = [self.observe(owner, variable) for (owner, variable), at in self.watch.computed.items() if name in at]
        for owner, variable in sorted(self.peeked):
            intervals = {interval for position, interval in self.watch.sampled[owner, variable] if position == name}
            seen += [self.peek(owner, variable, interval, int(name == "end")) for interval in sorted(intervals)]
        phase, copies = snapshot(Phase(name, tuple(calls), clock_offset))
        for slot in copies:
            self.slots.adopt(slot)
        return dataclasses.replace(phase, calls=(*phase.calls, *seen))

    def observe(self, owner: str, variable: str) -> Call:
        facts = next(f for f in self.facts.objects if f.name == owner)
        if isinstance(facts, ProjectionFacts):
            return lower_settling.observe(self.slots, facts, variable, self.deferred.get(owner))
        return lower_neurons.observe(self.slots, facts, variable)

    def peek(self, owner: str, variable: str, interval: int, offset: int) -> Call:
        """Evaluate for samples what synapses are that have still something to wait for."""
        deferred = self.deferred[owner]
        slot = self.slots.get(owner, f"interval of samples {interval}", "i8", "1", role="fixed")
        self.slots.add_recipe(Given(slot, interval))
        return lower_settling.observe(self.slots, deferred.facts, variable, deferred, slot, offset)

    def step(self, name: str, integrated: int) -> Phase:
        """One entry of the step order."""
        if name == "integrate":
            calls = [
                c
                for p in self.facts.projections
                for c in lower_synapses.integrate_synapses(self.slots, p, self.accumulated.get(p.name))
            ]
            calls += [c for p in self.facts.populations for c in lower_neurons.integrate_neurons(self.slots, p)]
            return self.phase(name, calls, 0)
        if name == "threshold":
            return self.phase(name, [c for p in self.facts.populations for c in emit(self.slots, p)], integrated)
        if name == "reset":
            return self.phase(name, self.resets(), integrated)
        return self.phase(name, self.blocks(name), integrated)

    def resets(self) -> list[Call]:
        return [
            lower_neurons.neuron_block(self.slots, facts, block, "spiked")
            for facts in self.facts.populations
            if isinstance(facts.population, Population)
            for block in facts.population.model.reset
        ]

    # --- blocks of synapses, and regular blocks ----------------------------------------------------------

    def blocks(self, phase: str) -> list[Call]:
        """All blocks that run in a phase, then what they wrote to neurons."""
        writes = Writes(phase)
        calls: list[Call] = []
        for projection in self.facts.projections:
            calls += self.projection_blocks(projection, phase, writes)
        for population in self.facts.populations:
            if isinstance(population.population, Population):
                for block in population.population.model.every:
                    if phase_of(block, self.order) == phase:
                        interval = self.interval(population, block)
                        calls.append(lower_neurons.neuron_block(self.slots, population, block, "elements", interval))
        events_only = all(c.pathway is not None for c in calls)
        return calls + self.deliveries(writes, events_only=events_only)

    def projection_blocks(self, facts: ProjectionFacts, phase: str, writes: Writes) -> list[Call]:
        """The blocks of a projection that run in a phase: those of events, then regular ones."""
        model = facts.projection.model
        logged = self.watch.logged.get(facts.name, frozenset())
        calls = []
        for block in model.blocks:
            if model.phase(block, self.order) == phase:
                for call in self.event_calls(facts, block, writes, logged):
                    calls.append(call)
                    self.keep(call, phase)
        accumulated = self.accumulated.get(facts.name)
        for block in model.every:
            if model.phase(block, self.order) != phase:
                continue
            if accumulated is not None and block is accumulated.found.every:
                calls += lower_regular.add_up_block(self.slots, accumulated)
                if accumulated.varying:
                    path = column_pathway(facts)
                    self.pathways.setdefault((path.projection, path.name), path)
                continue
            interval = self.interval(facts, block)
            if accumulated is not None and block in accumulated.found.renewing:
                calls += lower_regular.renewing_block(self.slots, accumulated, block, writes, interval)
            else:
                calls += lower_regular.every_block(self.slots, facts, block, writes, interval)
        return calls

    def event_calls(self, facts: ProjectionFacts, block: Block, writes: Writes, logged: frozenset[tuple[str, str]]) -> list[Call]:
        deferred, accumulated = self.deferred.get(facts.name), self.accumulated.get(facts.name)
        if deferred is not None and block is deferred.found.post and deferred.recorder is not None:
            return [deferred.recorder]
        call = lower_synapses.event_block(self.slots, facts, block, writes, logged, deferred, accumulated)
        if block.trigger != "event":
            return [call]
        return [*([call] if call.kernel.body else []), *lower_regular.third_event(self.slots, facts, block)]

    def keep(self, call: Call, phase: str) -> None:
        """Note a pathway, and whether its delay must be at least one step: spikes come later in the step."""
        assert call.pathway is not None
        self.pathways[call.pathway.projection, call.pathway.name] = call.pathway
        key = (call.pathway.projection, call.pathway.delay)
        early = self.order.index(phase) < self.order.index("threshold")
        self.least[key] = max(self.least.get(key, 0), int(early))

    def interval(self, facts: Facts, block: Block) -> Slot | None:
        """The slot of a regular block's interval in steps; None for every step."""
        if isinstance(block.interval, TimeStep):
            return None
        where = f"{facts.scope.where}, {block.name}"
        named = isinstance(block.interval, str)
        time = Name(block.interval) if named else float(in_base(block.interval, TIME, where=where))
        slot = self.slots.get(facts.name, f"interval {block.name}", "i8", "1", role="fixed")
        self.slots.add_recipe(Steps(facts.name, time, slot, f"the interval of {block.name!r}", 1))
        return slot

    def deliveries(self, writes: Writes, *, events_only: bool) -> list[Call]:
        """What gives neurons what a phase has left for them. Raises ModelError (E503) for two that set one variable."""
        for (population, variable, way), writers in writes.found.items():
            if way == "set" and len(writers) > 1:
                raise ModelError(
                    Code.TWO_WRITERS,
                    f"{variable!r} of {population!r} is assigned twice in the phase {writes.phase!r}: {'; '.join(writers)}",
                    where=f"population {population!r}",
                    expected="one assignment with '=', or '+='",
                )
        calls = []
        for facts in self.facts.populations:
            written = sorted({(v, way) for p, v, way in writes.found if p == facts.name})
            if written:
                call = lower_neurons.deliver(self.slots, facts, writes.phase, written)
                idle = events_only and not lower_neurons.is_ring(self.slots, facts)
                calls.append(dataclasses.replace(call, delivers=True, idle=idle))
        return calls

    # --- every step -----------------------------------------------------------------------------------------

    def sums(self) -> list[Call]:
        """Summed variables, from the values at the start of the step."""
        calls: list[Call] = []
        filled: dict[tuple[str, str], str] = {}
        for facts in self.facts.projections:
            for equation in facts.projection.model.equations:
                if "summed" not in equation.flags:
                    continue
                symbol = facts.scope.find(equation.name)
                assert symbol is not None
                side = facts.post if symbol.owner == "post" else facts.pre
                if (side.name, symbol.base) in filled:
                    raise ModelError(
                        Code.TWO_WRITERS,
                        f"{symbol.base!r} of {side.name!r} is summed by {filled[side.name, symbol.base]!r} too",
                        where=facts.scope.where,
                        span=equation.span,
                        expected="one sum for each variable of a neuron",
                        hint="sum into two variables and add them in a sub-expression",
                    )
                filled[side.name, symbol.base] = facts.name
                calls += lower_synapses.summed(self.slots, facts, equation)
        return calls

    def histories(self) -> list[Call]:
        calls = []
        for owner, variable in self.facts.past:
            facts = next(f for f in self.facts.objects if f.name == owner)
            if isinstance(facts, ProjectionFacts):
                calls.append(lower_synapses.remember(self.slots, facts, variable))
            else:
                calls.append(lower_neurons.remember(self.slots, facts, variable))
        return calls
