"""The state of a simulation: what the user gave and the memory made from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from bouton.analysis.facts import Facts, NetworkFacts, PopulationFacts, ProjectionFacts
from bouton.analysis.find_shared import Settings, Sharing
from bouton.backends.arena import give_back
from bouton.backends.memory import Memory
from bouton.equations.nodes import Expr
from bouton.errors import Code, NetworkError
from bouton.model.timed_array import TimedArray
from bouton.network.population import Population, base_and_indices
from bouton.network.sources import Poisson, Regular, SpikeTimes, check_rate
from bouton.plan.nodes import AGES, Slot
from bouton.plan.plan import Plan
from bouton.runtime.cook import cook, power_of_two
from bouton.runtime.drawn_topology import DrawnTopology
from bouton.runtime.evaluate import evaluate
from bouton.runtime.parts import find_limits, fixed_of_parts
from bouton.runtime.rewiring import Before
from bouton.runtime.shared import place_shared
from bouton.runtime.spike_data import SpikeData, check_period, check_replaces, fixed_values, spike_data
from bouton.runtime.topology import AnyTopology, Topology, build_topology, pathway_arrays
from bouton.runtime.values import as_array, check_duration

Key = tuple[str, str]
Ids = NDArray[np.int64]
LOG_CAPACITY = 65536
WORTH_GIVING_BACK = 2**24
"""Bytes of state from which on it takes less than a hundredth of building to give memory back (2 ms)."""


@final
class State:
    """Values by slot, and their memory.

    ``given`` holds what the user set (parameters, rates, spike times) by object and name; ``fixed`` what
    follows from it. ``grown`` holds projections as they were before synapses appeared or went, ``deepest`` how
    long what is under way is kept, ``limits`` where the parts of threads begin. `refresh` computes ``fixed`` and
    fills the memory again. ``share`` finds the variables of which one is kept for several projections; it is asked
    whenever memory is made.
    """

    def __init__(
        self, facts: NetworkFacts, plan: Plan, dt: float, seed: int, share: Callable[[Settings], Sharing], *, compiled: bool
    ) -> None:
        self.facts = facts
        self.plan = plan
        self._share = share
        self.dt = dt
        self.seed = self.network_seed = seed
        self.by_name: dict[str, Facts] = {f.name: f for f in facts.objects}
        self.targets = {p.name: p.post.name for p in facts.projections}
        self.topologies: dict[str, AnyTopology] = {}
        self.given: dict[Key, Any] = {}
        self.spike_data: dict[str, SpikeData] = {}
        self.rate_version: dict[str, int] = {}
        self.learning: dict[str, bool] = {p.name: True for p in facts.projections}
        for projection in facts.projections:
            self.topologies[projection.name] = build_topology(projection, plan, dt, seed, compiled=compiled)
        self.grown: dict[str, Before] = {}
        self.deepest: dict[Key, int] = {}
        self.limits: dict[str, NDArray[np.int64]] | None = None
        self._collect_given()
        self.fixed: dict[Key, Any] = {}
        self.dimensions: dict[Key, int] = {}
        self.memory = self.allocate()
        for slot in self.plan.slots:
            if slot.role != "fixed":
                self.initialise_slot(slot, empty=True)
        if self.is_large:
            give_back()

    @property
    def is_large(self) -> bool:
        """True if what was needed for a while to build it is worth being given back."""
        return self.memory.state_bytes > WORTH_GIVING_BACK

    # --- what the user gave ---------------------------------------------------------------------------

    def size(self, facts: Facts) -> int:
        """Neurons of a population, synapses of a projection."""
        return self.topologies[facts.name].size if isinstance(facts, ProjectionFacts) else facts.population.size

    def keepers(self, facts: ProjectionFacts, name: str, stored: NDArray[Any] | None = None) -> NDArray[Any] | None:
        """For each synapse, or those ``stored``, the neuron that its variable is kept with; None if with itself."""
        side = self._kept_with.get((facts.name, name))
        topology = self.topologies[facts.name]
        if side is None or not isinstance(topology, Topology):
            return None
        return topology.ends(side, np.arange(topology.size) if stored is None else stored)

    def _collect_given(self) -> None:
        for facts in self.by_name.values():
            self._collect_parameters(facts)
            if isinstance(facts, PopulationFacts):
                self._collect_source(facts)

    def _collect_parameters(self, facts: Facts) -> None:
        owner: Any = facts.projection if isinstance(facts, ProjectionFacts) else facts.population
        defaults = getattr(getattr(owner, "model", owner), "parameters", {})
        values = getattr(owner, "values", {})
        for name, default in defaults.items():
            self.set_given(facts, name, values.get(name, default))
        for name, symbol in facts.scope.symbols.items():
            if symbol.kind == "constant":
                self.set_given(facts, name, values.get(name, 0))

    def set_given(self, facts: Facts, name: str, value: Any) -> None:
        """Set a parameter or constant variable. Raises as `as_array`."""
        symbol = facts.scope.symbols[name]
        if is_drawn_again(facts, name):
            return
        if symbol.kind == "timed":
            self._check_timed(facts, name, value)
            self.given[facts.name, name] = value
            return
        kind = 2 if isinstance(facts, ProjectionFacts) else 1
        size = 1 if symbol.shared else self.size(facts)
        array = as_array(value, symbol, size, facts.scope.where, (self.seed, kind, facts.index))
        if isinstance(facts, ProjectionFacts) and array.ndim:
            array = self.topologies[facts.name].in_storage_order(array)
        self.given[facts.name, name] = array

    def drawn_again(self, facts: ProjectionFacts, name: str) -> NDArray[np.float64]:
        """What synapses that are not stored draw at each event, of all of them. Raises SimulationError (E605: no room)."""
        topology = self.topologies[facts.name]
        assert isinstance(topology, DrawnTopology)
        assert facts.regeneration is not None
        topology.check_fits()
        stream = (self.network_seed, 2, facts.index)
        return as_array(facts.regeneration.values[name], facts.scope.symbols[name], topology.size, facts.scope.where, stream)

    def _check_timed(self, facts: Facts, name: str, value: Any) -> None:
        if not isinstance(value, TimedArray):
            raise NetworkError(Code.BAD_VALUE, f"{name!r} is a TimedArray", where=facts.scope.where, expected="a TimedArray")
        if value.data.ndim == 2 and value.data.shape[1] != self.size(facts):
            raise NetworkError(
                Code.BAD_SHAPE,
                f"{name!r} has {value.data.shape[1]} columns",
                where=facts.scope.where,
                expected=f"one column or {self.size(facts)}",
            )
        check_duration(value.data, facts.scope.symbols[name], facts.scope.where)

    def _collect_source(self, facts: PopulationFacts) -> None:
        population = facts.population
        if isinstance(population, Poisson) and population.expression is None:
            self.rate_version[facts.name] = 0
            self.set_rate(facts, population.rate)
        elif isinstance(population, SpikeTimes):
            self.set_spikes(facts, population)
        elif isinstance(population, Population) and population.force_spikes is not None:
            self.set_spikes(facts, population.force_spikes)

    def set_rate(self, facts: PopulationFacts, rate: Any) -> None:
        """Set a Poisson source's rate. Raises NetworkError (E401, E407), UnitError (E301)."""
        where = facts.scope.where
        values = check_rate(rate, where)
        if (values * self.dt > 1.0).any():
            raise NetworkError(
                Code.BAD_VALUE, f"a rate of {values.max():g} Hz is above 1/dt", where=where, expected=f"≤ {1 / self.dt:g} Hz"
            )
        allowed = {1, facts.population.size}
        if values.ndim and (values.shape[-1] not in allowed) and not (isinstance(rate, TimedArray) and values.ndim == 1):
            raise NetworkError(
                Code.BAD_SHAPE, f"{values.shape[-1]} rates", where=where, expected=f"one or {facts.population.size}"
            )
        known = self.given.get((facts.name, "rate"))
        bins = 1 if not isinstance(known, TimedArray) else len(known.data)
        self.rate_version[facts.name] += bins if known is not None else 0
        self.given[facts.name, "rate"] = rate if isinstance(rate, TimedArray) else values
        if known is not None:
            self.memory.put((facts.name, "progress"), -1)

    def set_spikes(self, facts: PopulationFacts, spikes: Any) -> None:
        """Set given spike trains. Raises NetworkError: E403, E407 (number of trains)."""
        if not isinstance(spikes, SpikeTimes) or spikes.size != facts.population.size:
            raise NetworkError(
                Code.BAD_SHAPE, f"{spikes!r:.60}", where=facts.scope.where, expected=f"SpikeTimes of size {facts.population.size}"
            )
        check_replaces(spikes, facts.population, facts.scope.where)
        self.spike_data[facts.name] = spike_data(spikes, self.dt, f"{facts.name!r}")

    # --- memory -------------------------------------------------------------------------------------------

    def replace_plan(self, plan: Plan) -> None:
        """Take another plan of the same network; what both hold is kept."""
        self.plan = plan
        self.refresh()

    def refresh(self) -> None:
        """Compute what follows from given values again; state that keeps its size stays."""
        old = self.memory
        self.memory = self.allocate()
        self.memory.take_over(old, self.initialise_slot)

    def was_rewired(self, projection: str) -> bool:
        """True if synapses of a projection have appeared or gone."""
        return projection in self.grown

    def allocate(self) -> Memory:
        """Memory for what there is now, and ``fixed`` and ``dimensions`` anew."""
        sides = {"n pre": "pre", "n post": "post"}
        self._kept_with = {s.key: sides[s.shape[0]] for s in self.plan.slots if s.shape[0] in sides}
        self.fixed = {}
        self.dimensions = {}
        limits = self._find_limits()
        self._topology_values(limits)
        for facts in self.facts.populations:
            self._population_values(facts)
        for recipe in self.plan.recipes:
            cook(self, recipe)
        self._delivery_depths()
        for projection in self.facts.projections:
            sizes = {"n pre": projection.pre.population.size, "n post": projection.post.population.size}
            _, sources = base_and_indices(projection.projection.source)
            self.fixed[projection.name, ":sources begin"] = int(sources.min())
            self.fixed[projection.name, ":sources end"] = int(sources.max()) + 1
            self.dimensions |= {(projection.name, name): size for name, size in sizes.items()}
            self.fixed[projection.name, ":learning"] = int(self.learning[projection.name])
        for key, value in self.given.items():
            if not isinstance(value, TimedArray):
                self.fixed.setdefault(key, value)
        for (owner, name), size in self.dimensions.items():
            if name in {"n", "n pre", "n post", "width"}:
                self.fixed[owner, f":{name}"] = size
                side = name.removeprefix("n").rstrip()
                self.fixed |= {(owner, f":start{side}"): 0, (owner, f":stop{side}"): size}
            elif name.startswith("depth "):
                self.fixed[owner, name.replace("depth", "mask", 1)] = size - 1
        repeating = frozenset(name for name, data in self.spike_data.items() if data.repeating)
        shared, stores = place_shared(self.plan, self._share(Settings(self.given, repeating)))
        self.fixed |= stores
        for slot in self.plan.slots:
            if slot.role == "fixed" and slot.dtype == "f4":
                with np.errstate(over="ignore"):  # what is too large is infinite, as unused powers may be
                    self.fixed[slot.key] = np.asarray(self.fixed[slot.key], dtype=slot.dtype)
        return Memory(self.plan.slots, self.dimensions, self.fixed, self.plan.private, self._of_parts(limits), shared)

    def _find_limits(self) -> dict[str, NDArray[np.int64]]:
        """Where the parts of several threads begin in each population; nothing for one thread.

        They stay for the life of a simulation: spikes that are under way are filed by them.
        """
        if self.plan.parts == 1:
            return {}
        if self.limits is None:
            sizes = {p.name: p.population.size for p in self.facts.populations}
            onto = {name: [p.name for p in self.facts.projections if p.post.name == name] for name in sizes}
            self.limits = find_limits(self.plan, sizes, onto, self.topologies)
        return self.limits

    def _of_parts(self, limits: Mapping[str, NDArray[np.int64]]) -> tuple[dict[Key, Any], ...]:
        """Fixed values that threads have for themselves."""
        if self.plan.parts == 1:
            return ({},)
        self.fixed |= {(p.name, ":emitted mask"): 0 for p in self.facts.populations}
        return fixed_of_parts(self.plan, limits, self.targets, self.topologies, self.fixed)

    def _population_values(self, facts: PopulationFacts) -> None:
        name, population = facts.name, facts.population
        data = self.spike_data.get(name)
        self.dimensions[name, "n"] = population.size
        self.dimensions[name, "width"] = max(population.size, data.width if data else 0)
        ages = [self.deepest.get((name, "ages"), 0)] + [
            int(np.max(self.topologies[p.projection].delays[p.delay], initial=0))
            for p in self.plan.pathways
            if p.population == name
        ]
        self.deepest[name, "ages"] = max(ages)  # what is under way stays where it is when synapses go
        self.dimensions[name, "depth spikes"] = power_of_two(max(ages) + 1)
        if data is not None:
            self.dimensions[name, "given spikes"] = len(data.steps)
            self.fixed |= {(name, k): v for k, v in fixed_values(data).items()}
        if isinstance(population, Regular):
            check_period(population, self.dt, name)
            self.fixed |= {(name, "period"): population.period, (name, "start"): population.start}
        self.fixed[name, "rate version"] = self.rate_version.get(name, 0)

    def _topology_values(self, limits: Mapping[str, NDArray[np.int64]]) -> None:
        ages: set[int] = set()
        wanted = {slot.key for slot in self.plan.slots}
        delays_of: dict[Key, list[int]] = {}
        for pathway in self.plan.pathways:
            keys = self.size(self.by_name[pathway.population])
            target = self.targets[pathway.projection]
            found = pathway_arrays(pathway, self.topologies[pathway.projection], keys, limits.get(target))
            owner, name = pathway.projection, pathway.name
            if (owner, f"{name}:first") in wanted:
                first = self.fixed[owner, f"{name}:first"] = found.first
                self.dimensions[owner, f"{name}:first"] = len(first)
            if (owner, f"{name}:permutation") in wanted:
                self.fixed[owner, f"{name}:permutation"] = found.permutation
            self.fixed[owner, f"{name}:groups"] = len(found.delays)
            delays_of[owner, name] = found.delays.tolist()
            ages.update(delays_of[owner, name])
        ordered = sorted(ages, reverse=True)
        self.dimensions[AGES.owner, "ages"] = len(ordered)
        self.fixed[AGES.key] = np.array(ordered, dtype=np.int64)
        for (owner, name), delays in delays_of.items():
            self.dimensions[owner, "ages"] = len(ordered)
            self.fixed[owner, f"{name}:group of age"] = np.array([delays.index(a) if a in delays else -1 for a in ordered])
        for name, topology in self.topologies.items():
            self.fixed[name, "dendritic steps"] = topology.delays["dendritic"]
            if not isinstance(topology, Topology):
                slots = {slot for owner, slot in wanted if owner == name}
                self.fixed |= {
                    (name, slot): value for slot, value in topology.fixed(slots, limits.get(self.targets[name]))[0].items()
                }
                self.dimensions[name, "places"] = len(self.fixed[name, ":target of"])
                continue
            self.dimensions |= {(name, "n"): topology.size}
            self.dimensions[name, "log"] = max(LOG_CAPACITY, 4 * self.most_events(name))
            arrays = {":source": "sources", ":target": "targets", ":dense": "is_dense"}
            self.fixed |= {(name, slot): getattr(topology, of) for slot, of in arrays.items() if (name, slot) in wanted}
            self.fixed |= {(name, ":row_starts"): topology.rows[:-1], (name, ":row_stops"): topology.rows[1:]}

    def most_events(self, projection: str) -> int:
        """The most entries that one step can add to a record of a projection's events."""
        blocks = sum(len(p.projection.model.blocks) for p in self.facts.projections if p.name == projection)
        facts = next(p for p in self.facts.projections if p.name == projection)
        data = self.spike_data.get(facts.pre.name)
        repeats = 1 if data is None else max(1, -(-data.width // max(1, facts.pre.population.size)) + data.width)
        return blocks * self.topologies[projection].size * repeats

    def _delivery_depths(self) -> None:
        """Rows of accumulators: the longest dendritic delay onto a population, and one."""
        for slot in self.plan.slots:
            factor = slot.shape[0] if slot.role == "state" and len(slot.shape) == 2 else ""
            if factor.startswith("depth") and (slot.owner, factor) not in self.dimensions:
                onto = [p.name for p in self.facts.projections if p.post.name == slot.owner]
                longest = max((int(np.max(self.topologies[p].delays["dendritic"], initial=0)) for p in onto), default=0)
                longest = self.deepest[slot.owner, factor] = max(longest, self.deepest.get((slot.owner, factor), 0))
                self.dimensions[slot.owner, factor] = power_of_two(longest + 1)

    def evaluator(self, owner: str) -> Callable[[Expr], Any]:
        """Evaluates settled expressions of an object's text."""
        facts = self.by_name[owner]

        def value_of(name: str) -> Any:
            symbol = facts.scope.resolve(name, None)
            if symbol.kind == "unit":
                return symbol.factor
            if symbol.kind == "known":
                return self.dt
            if symbol.owner in {"pre", "post"}:
                assert isinstance(facts, ProjectionFacts)
                topology = self.topologies[owner]
                side, index = (facts.pre, topology.sources) if symbol.owner == "pre" else (facts.post, topology.targets)
                value = self.given[side.name, symbol.base]
                return value[index] if np.ndim(value) else value
            return self.given[owner, symbol.base]

        return lambda node: evaluate(facts.scope.expand(node), value_of)

    # --- initial values -----------------------------------------------------------------------------------

    def initialise(self, keep: frozenset[Key] = frozenset()) -> None:
        """Put everything but ``keep`` back to where it started, also the synapses that there were."""
        for name, before in self.grown.items():
            self.topologies[name] = before.topology
            for key, value in before.given.items():  # what is set for all stays set
                if np.ndim(value) or np.ndim(self.given[key]):
                    self.given[key] = value
        if self.grown:
            self.grown = {}
            old = self.memory
            self.memory = self.allocate()
            self.memory.take_over(old, lambda slot: None)
        for slot in self.plan.slots:
            if slot.role != "fixed" and slot.key not in keep:
                self.initialise_slot(slot)

    def initialise_slot(self, slot: Slot, *, empty: bool = False) -> None:
        """Put a slot to where it started; ``empty`` says that it holds zeros."""
        if not empty or slot.key in self.plan.initial:
            self.memory.put(slot.key, self.plan.initial.get(slot.key, 0.0))
        base = slot.name.removesuffix(":past")
        facts = self.by_name.get(slot.owner)
        if facts is None or base not in facts.scope.symbols or facts.scope.symbols[base].kind not in {"ode", "variable"}:
            return
        start, size = self._start_value(facts, base), len(self.memory.view(slot.key))
        self.memory.put(slot.key, start if start.ndim == 0 else np.tile(start, size // max(1, len(start))))

    def _start_value(self, facts: Facts, base: str) -> NDArray[np.float64]:
        symbol = facts.scope.symbols[base]
        where = facts.scope.where
        if isinstance(facts, ProjectionFacts):
            values = {**facts.projection.pattern.values(), **facts.projection.values}
            if base not in values:
                return np.zeros(())
            array = as_array(values[base], symbol, self.size(facts), where, (self.seed, 2, facts.index))
            return self.topologies[facts.name].in_storage_order(array) if array.ndim else array
        values = dict(getattr(facts.population, "values", {}))
        if base not in values:
            return np.zeros(())
        return as_array(values[base], symbol, self.size(facts), where, (self.seed, 1, facts.index))

    def skip_given_spikes(self, step: int) -> None:
        """Move the cursors of given spike trains to a step."""
        for name, data in self.spike_data.items():
            if (name, ":cursor") in self.memory.place:
                self.memory.view((name, ":cursor"))[0] = int(np.searchsorted(data.steps, step))


def is_drawn_again(facts: Facts, name: str) -> bool:
    """True for a parameter of synapses that is drawn again at each event."""
    again = facts.regeneration if isinstance(facts, ProjectionFacts) else None
    return again is not None and name in again.values
