"""`Simulation`: a network that runs."""

from __future__ import annotations

import math
import os
import time
import warnings
from collections.abc import Iterable, Mapping
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from bouton.analysis.analyse import analyse
from bouton.analysis.facts import PopulationFacts, ProjectionFacts
from bouton.backends.arena import give_back
from bouton.backends.program import AbstractProgram
from bouton.equations.nodes import Name, names
from bouton.errors import Code, NetworkError, SimulationError, SlowPathWarning
from bouton.network.network import Network
from bouton.network.population import AbstractPopulation, select
from bouton.network.projection import Projection
from bouton.plan.plan import Plan
from bouton.plan.step_order import DEFAULT_ORDER
from bouton.recording import EventRecording, RateRecording, SpikeRecording, TraceRecording
from bouton.runtime.choices import check_backend, make_program, number_of_threads, whole_seed
from bouton.runtime.explain import explain
from bouton.runtime.grid import duration_steps
from bouton.runtime.handle import Handle, split_view
from bouton.runtime.moment import Moment
from bouton.runtime.moment_file import read_moment, write_moment
from bouton.runtime.planner import Options, Planner
from bouton.runtime.profile import Profile, make_profile
from bouton.runtime.recorders import RateTap, Recorders, SpikeTap
from bouton.runtime.remembered import remember, return_to
from bouton.runtime.resolution import losses
from bouton.runtime.rewiring import rewire
from bouton.runtime.room import check_room
from bouton.runtime.schedule import check_finite, run_steps
from bouton.runtime.slow_paths import slow_paths
from bouton.runtime.state import State
from bouton.runtime.structure import Change, Structure
from bouton.runtime.taps import MOMENTS, check_recordable, event_tap, trace_tap
from bouton.runtime.topology import Topology
from bouton.runtime.variables import begin_spans, bring_up_to_date, current, is_trace, keep_values, put
from bouton.runtime.waiting import Waiting
from bouton.units import Quantity, in_seconds, registry

LOOKED_AT = 2**20
"""Bytes of state below which synapses are brought up to date at the end of each run, to find faults in what waits."""


@final
class Simulation:
    """A network with a time step, a seed and a state.

    Parameters
    ----------
    network: taken as it is now; later additions are not seen.
    dt: the time step. Every time in the network must be a multiple of it.
    seed: an integer; all random numbers follow from it.
    backend: ``"cpu"`` (compiled) or ``"reference"`` (interpreted, slow, the definition of the meaning).
    step_order: the order of one time step; see `bouton.plan.step_order`. Names of blocks may stand in
        it as steps of their own.
    threads: among how many threads the work of each step is divided, by targets. Results do not depend on it, bit for bit.
        The interpreter uses one.
    hoist: whether variables of synapses that all synapses of a neuron have in common are kept once with the
        neuron (see `explain`). The interpreter never does so.
    share: whether of such variables one is kept for several projections where they are always equal (see `explain`).
    precision: ``"double"``, or ``"single"``: state and parameters of four bytes, and arithmetic with them, in half the
        memory and less time. Spikes of sources and draws at random are the same; times and tables are calculated in
        double and rounded once. Warnings at the first run say where a weight cannot take up what its rule adds, and
        where a variable is too slow. The interpreter knows double only.
    defer: whether postsynaptic events, and what regular blocks add in each step, may wait for the next presynaptic
        event where nothing can tell the difference (see `explain`). The interpreter never does so.

    ``sim[population]`` and ``sim[projection]`` read and set state and parameters. ``timings`` holds the
    seconds spent so far on ``analyse``, ``build``, ``compile`` and ``run``.

    Raises the errors of the analysis (E1xx–E5xx), NetworkError (E4xx) and SimulationError (E601 dt, E605 no room: before
    anything is allocated). The first `run` warns (SlowPathWarning) where a model with many synapses has to be run slowly.
    """

    def __init__(
        self,
        network: Network,
        dt: Quantity,
        seed: int = 0,
        *,
        backend: str = "cpu",
        precision: str = "double",
        step_order: Iterable[str] = DEFAULT_ORDER,
        threads: int = 1,
        hoist: bool = True,
        defer: bool = True,
        share: bool = True,
    ) -> None:
        self.dt = in_seconds(dt, where="Simulation dt")
        if not (math.isfinite(self.dt) and self.dt > 0):
            raise SimulationError(Code.BAD_TIME, f"dt is {dt}", where="Simulation", expected="a time above 0")
        check_backend(backend, precision)
        self.backend = backend
        self.precision = precision
        self.seed = whole_seed(seed)
        self.step = 0
        self.stale = False
        self._waiting = Waiting()
        self.timings = {"analyse": 0.0, "build": 0.0, "compile": 0.0, "run": 0.0}
        self._recorders = Recorders()
        self.token = object()
        self.threads = number_of_threads(threads) if backend != "reference" else 1
        self._told = backend == "reference" or not (hoist and defer)
        self._checked = precision == "double"
        self._profiled = 0.0
        self._program: AbstractProgram | None = None
        begin = time.perf_counter()
        self.facts = analyse(network)
        self._planner = Planner(self.facts, Options(backend, precision, tuple(step_order), self.threads, hoist, defer, share))
        check_room(self.facts, self._planner.plan)
        analysed = time.perf_counter()
        self.state = State(
            self.facts, self._planner.plan, self.dt, self.seed, self._planner.share, compiled=backend != "reference"
        )
        self.structure = Structure(self)
        self.timings["analyse"] = analysed - begin
        self.timings["build"] = time.perf_counter() - analysed

    # --- objects ------------------------------------------------------------------------------------------

    def _facts(self, thing: Any) -> PopulationFacts | ProjectionFacts:
        for population in self.facts.populations:
            if population.population is thing:
                return population
        for projection in self.facts.projections:
            if projection.projection is thing:
                return projection
        raise NetworkError(
            Code.NOT_IN_NETWORK,
            f"{thing!r:.60} is not in this simulation",
            where="Simulation",
            expected="a population, source, projection or view of the network, added before the simulation was made",
        )

    def __getitem__(self, thing: AbstractPopulation | Projection | Any) -> Handle:
        base, index = split_view(thing)
        return Handle(self, self._facts(base), index)

    @property
    def t(self) -> Quantity:
        """The time reached."""
        return registry.Quantity(self.step * self.dt, "second")

    # --- recorders ----------------------------------------------------------------------------------------

    def record(
        self, thing: Any, variable: str, *, every: Quantity | None = None, when: str = "end"
    ) -> TraceRecording | EventRecording:
        """Record a variable or sub-expression of a population, projection or view.

        Parameters
        ----------
        every: interval between samples; each step by default. Samples fall on its multiples.
        when: ``"end"`` of the step (the value belongs to the step's end), ``"start"``, or
            ``"after:NAME"`` of a step in the order. For variables of synapses also at each event:
            ``"before"`` or ``"after"`` any of its blocks, or ``"transmitted"``: as a presynaptic block
            delivers (after the block if it delivers nothing).

        Raises SimulationError (E603, E601), NameError_ (E206).
        """
        base, index = split_view(thing)
        facts = self._facts(base)
        check_recordable(facts, variable)
        size = self.state.size(facts)
        elements = np.arange(size) if index is None else select(index, size, facts.name)
        if when in MOMENTS:
            events = event_tap(self.state, facts, variable, when, None if index is None else elements, every)
            self._keep_apart_for_events(facts, variable, when)
            self._recorders.events.append(events)
            return events.recording
        trace = trace_tap(self.state, self._planner.plan, facts, variable, when, elements, every)
        self._recorders.traces.append(trace)
        return trace.recording

    def _keep_apart_for_events(self, facts: PopulationFacts | ProjectionFacts, variable: str, when: str) -> None:
        """What third events write once a target, after one event or several, each synapse has to keep for who looks at each."""
        if not isinstance(facts, ProjectionFacts) or when == "transmitted":
            return
        third = {s.target for block in facts.projection.model.on_event for s in block.statements}
        for name in sorted(third & names(facts.scope.expand(Name(variable)))):
            if name in self._planner.places.get(facts.name, {}):
                self.keep_apart(facts, name)

    def record_spikes(self, thing: Any) -> SpikeRecording:
        """Record the spikes of a population, source or view."""
        base, index = split_view(thing)
        facts = self._population(base)
        size = facts.population.size
        elements = None if index is None else select(index, size, facts.name)
        recording = SpikeRecording(self.dt, size, elements, object_name=facts.name, first_step=self.step)
        self._recorders.spikes.append(SpikeTap(recording, facts.name))
        return recording

    def record_rate(self, population: AbstractPopulation) -> RateRecording:
        """Record the number of spikes of a population or source in each step."""
        facts = self._population(population)
        recording = RateRecording(self.dt, facts.population.size, object_name=facts.name)
        self._recorders.rates.append(RateTap(recording, facts.name))
        return recording

    def _population(self, thing: Any) -> PopulationFacts:
        facts = self._facts(thing)
        if not isinstance(facts, PopulationFacts):
            raise SimulationError(
                Code.BAD_RECORDER, f"{facts.name!r} does not spike", where="Simulation", expected="a population or source"
            )
        return facts

    @property
    def plan(self) -> Plan:
        """What a step does; made anew when a recorder wants to see what the plan does not compute yet."""
        begin = time.perf_counter()
        changed = self._planner.watch(self._recorders.watch(self._planner.deferring))
        self.timings["analyse"] += time.perf_counter() - begin
        if changed:
            self._take_plan()
        return self._planner.plan

    @property
    def planner(self) -> Planner:
        """What makes the plan, and knows why it is as it is."""
        self.plan  # noqa: B018  (made anew if recorders changed)
        return self._planner

    def _take_plan(self, moved: Mapping[tuple[str, str], NDArray[Any]] | None = None) -> None:
        """Go on with another plan; ``moved`` are the contents of slots that it keeps elsewhere."""
        begin = time.perf_counter()
        self._refresh(moved)
        self._program = None
        self._profiled = 0.0
        self.timings["build"] += time.perf_counter() - begin

    def _refresh(self, moved: Mapping[tuple[str, str], NDArray[Any]] | None = None) -> None:
        """Compute what follows from the plan and from what was set; variables go on from their values."""
        plan, earlier, before = self._planner.plan, self.state.plan, self.state.fixed
        if self.stale or plan.settling != self.state.plan.settling:
            self.settle()
        else:
            self._waiting.take_back(self.state.memory)
        anew = self.stale or plan.accumulated != earlier.accumulated  # by other numbers from now on
        if anew:
            bring_up_to_date(self.state, self.step, plan=plan)
        self.state.replace_plan(plan)
        for key, values in (moved or {}).items():
            self.state.memory.put(key, values)
        if anew:
            begin_spans(self.state, self.step, before=earlier)
        keep_values(self.state, before, self.step)

    def keep_apart(self, facts: ProjectionFacts, name: str) -> None:
        """From now on keep a variable, and those that depend on it, with each synapse."""
        state = self.state
        neurons, now, stored = {}, {}, {}
        for each in self._planner.places[facts.name]:
            neurons[each] = state.keepers(facts, each)
            now[each] = current(state, facts, each, self.step)
            keys = [(facts.name, each)] + ([(facts.name, f"{each}:at")] if is_trace(state, facts, each) else [])
            stored[each] = {key: state.memory.view(key).copy() for key in keys}
        self._planner.keep_apart(facts.name, name)
        totals = self._planner.plan.accumulated.get(facts.name)
        moved: dict[tuple[str, str], NDArray[Any]] = {}
        for each in stored.keys() - self._planner.places[facts.name].keys():
            summed = totals is not None and each in totals.variables  # to which is added in each step, from what it is now
            contents = {(facts.name, each): now[each]} if summed else stored[each]
            moved |= {key: values[neurons[each]] for key, values in contents.items()}
        self._take_plan(moved)

    def keep_alone(self, projection: str, name: str) -> None:
        """From now on keep a variable for this projection only, and those that depend on it."""
        if self._planner.keep_alone(projection, name):
            self._refresh()

    def rewire(self, facts: ProjectionFacts, change: Change) -> None:
        """Let synapses of a projection appear and go, between two steps."""
        self.settle()
        bring_up_to_date(self.state, self.step)
        rewire(self.state, facts, change.kept, change.sources, change.targets, self.step)
        begin_spans(self.state, self.step)
        topology = self.state.topologies[facts.name]
        assert isinstance(topology, Topology)
        self._recorders.follow(facts.name, topology)
        self._compiled().renew(self.step, self.dt, self.state.memory)
        self._waiting.begin()

    # --- running ------------------------------------------------------------------------------------------

    @property
    def program(self) -> AbstractProgram:
        """The runnable form of the plan; compiled when first asked for."""
        self.plan  # noqa: B018  (made anew if recorders changed)
        return self._compiled()

    def _compiled(self) -> AbstractProgram:
        """The program of the plan that the state follows now."""
        if self._program is None:
            begin = time.perf_counter()
            self._program = make_program(self.backend, self.state.plan)
            self.timings["compile"] += time.perf_counter() - begin
        return self._program

    def run(self, duration: Quantity, *, progress: bool = False, profile: bool = False) -> None:
        """Run for a duration, a multiple of dt; ``progress=True`` shows a bar, ``profile=True`` measures for `profile`.

        Ctrl-C stops between two steps: what was recorded stays, and the run can go on. In single precision the first
        run warns (RuntimeWarning) of what is known to be lost. Raises
        SimulationError: E601 (duration), E602 (a variable became NaN or infinite: which, where, when).
        """
        steps = duration_steps(in_seconds(duration, where="Simulation.run"), self.dt, "the duration")
        begin = time.perf_counter()
        self._take_effect()
        if not self._checked:
            self._checked = True
            for lost in losses(self.state):
                warnings.warn(lost, RuntimeWarning, stacklevel=2)
            if self.state.is_large:
                give_back()
        self.timings["build"] += time.perf_counter() - begin
        program = self.program
        if not self._told:
            self._told = True
            for slow in slow_paths(self):
                warnings.warn(slow, SlowPathWarning, stacklevel=2)
        program.measure(on=profile)
        begin = time.perf_counter()
        self._waiting.take_back(self.state.memory)
        self._waiting.begin()
        program.renew(self.step, self.dt, self.state.memory)
        try:
            run_steps(self, program, self._recorders, steps, progress=progress)
        finally:
            self.timings["run"] += time.perf_counter() - begin
            if profile:
                self._profiled += time.perf_counter() - begin
        if self.state.memory.state_bytes < LOOKED_AT and self.look():
            check_finite(self)

    def _take_effect(self) -> None:
        """Let what was set between runs hold from now on."""
        if self.stale:
            self._refresh()
            self.state.skip_given_spikes(self.step)
            self.stale = False

    def look(self) -> bool:
        """Let whoever reads variables of synapses see them up to date; the next run does not notice. True if they were not."""
        return self._waiting.look(self.state.plan, self._compiled, self.step, self.dt, self.state.memory)

    def look_away(self) -> None:
        """Let wait again what somebody looked at, before steps are run."""
        self._waiting.take_back(self.state.memory)

    def settle(self) -> None:
        """Do for good what has still to be done to synapses, before something changes that it rests on."""
        self._waiting.settle(self.state.plan, self._compiled, self.step, self.dt, self.state.memory)

    def reset(self, *, keep: Iterable[tuple[Any, str]] = (), seed: int | None = None) -> None:
        """Go back to t = 0 and the initial values, with the same random numbers unless ``seed`` is given.

        ``keep=[(syn, "w")]`` leaves variables as they are. Parameters that were set stay set. Recordings
        keep what they have and begin a new episode. Raises NameError_ (E206).
        """
        self.settle()
        kept = set()
        for thing, variable in keep:
            facts = self._facts(thing)
            getattr(self[thing], variable)  # refuses unknown names
            kept.add((facts.name, variable))
        for owner, variable in kept:
            self.keep_alone(owner, variable)
        values = {k: current(self.state, self.state.by_name[k[0]], k[1], self.step) for k in kept}
        for owner, variable in (k for k in kept if self.state.was_rewired(k[0])):
            raise SimulationError(
                Code.UNSUPPORTED,
                f"{variable!r} would be kept of synapses of which some were not there at the beginning, or are no more",
                where=f"Simulation.reset, {owner}",
                expected="keep= for projections whose synapses stay",
            )
        self.structure.return_to(0)
        if seed is not None:
            self.seed = self.state.seed = whole_seed(seed)
        self.state.initialise(keep=frozenset(kept))
        for key, value in values.items():
            put(self.state, self.state.by_name[key[0]], key[1], value, 0)
        self.stale = True
        self._begin_at(0)

    def save(self, path: str | os.PathLike[str] | None = None) -> Moment:
        """The simulation as it is now, with what was just set, to `restore`; what runs later goes on as if nobody had saved.

        With a ``path`` it is written to a file as well (HDF5), which a simulation of the same network restores in another
        process. Recordings are not part of it. Raises OSError.
        """
        self.plan  # noqa: B018  (what recorders want is made first, as for a run)
        self._take_effect()
        self.look_away()
        moment = Moment(
            *(self.t, self.step, self.seed, remember(self.state), self._planner.decisions),
            *(self._waiting.waits, self.structure.asked, self.token),
        )
        if path is not None:
            write_moment(self, moment, path)
        return moment

    def restore(self, moment: Moment | str | os.PathLike[str], *, seed: int | None = None) -> None:
        """Go back to (or on to) a moment that `save` returned, or to the one in a file.

        What follows is what followed then, bit for bit, unless something else is set, or ``seed`` given for other random
        numbers from here on. Parameters, rates, spike times, synapses and whether they learn are what they were. Recordings keep
        what they have and begin a new episode at that time.

        Raises SimulationError: E606 (a moment of another simulation, a file of another network or other options), OSError.
        """
        if not isinstance(moment, Moment):
            moment = read_moment(self, moment)
        if moment.of is not self.token:
            raise SimulationError(
                Code.OTHER_MOMENT,
                f"this {moment!r:.60} is of another simulation",
                where="Simulation.restore",
                expected="what save() of this simulation returned, or a file",
                hint="save(path), and restore(path) where the network is the same",
            )
        seed = moment.seed if seed is None else whole_seed(seed)
        before, decisions = self.state.plan, self._planner.decisions
        self._planner.decide(moment.decisions)
        try:
            return_to(self.state, moment.state.with_seed(seed), self._planner.plan)
        except SimulationError:
            self._planner.decide(decisions)
            raise
        if self.state.plan is not before:
            self._program, self._profiled = None, 0.0
        self._waiting.return_to(waits=moment.waits)
        self.structure.return_to(moment.asked)
        self.seed = seed
        self.stale = False
        self._begin_at(moment.step)
        for tap in self._recorders.events:
            self._keep_apart_for_events(self.state.by_name[tap.owner], tap.variable, tap.moment)

    def _begin_at(self, step: int) -> None:
        """Let time, and a new episode of all recordings, begin at a step."""
        self.step = step
        for facts in self.facts.projections:
            if isinstance(topology := self.state.topologies[facts.name], Topology):
                self._recorders.follow(facts.name, topology)
        for recording in self._recorders.all():
            recording.begin_episode(step)

    # --- looking inside -----------------------------------------------------------------------------------

    @property
    def kernels(self) -> dict[str, str]:
        """The readable source of each kernel and of the loop over steps (``"advance"``), by name."""
        return self.program.sources

    def profile(self) -> Profile:
        """What the runs with ``profile=True`` spent their time on. Raises SimulationError (E603) if there was none."""
        if self._program is None or not self._profiled:
            raise SimulationError(
                Code.BAD_RECORDER,
                "nothing was measured",
                where="Simulation.profile",
                expected="a run before it",
                hint="run(…, profile=True)",
            )
        return make_profile(self.state, self._program.measured(), self._profiled)

    def explain(self) -> str:
        """What lives where, how it is advanced and why, in which order, and what it takes; as text."""
        return explain(self)
