"""The plan of a simulation: made from what the analysis found and from what recorders look at, anew when these change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

from bouton.analysis.facts import NetworkFacts, ProjectionFacts
from bouton.analysis.find_accumulation import Accumulation
from bouton.analysis.find_deferral import Deferral
from bouton.analysis.find_places import SYNAPSE, find_places
from bouton.analysis.find_shared import Key, Settings, Sharing, Surroundings, find_alike, find_shared
from bouton.plan.lower import Watch, accumulation, deferral, lower
from bouton.plan.passes.deliver import deliver
from bouton.plan.passes.divide import divide
from bouton.plan.passes.forward import forward
from bouton.plan.passes.fuse import fuse
from bouton.plan.passes.single import single
from bouton.plan.plan import Plan


@dataclass(frozen=True)
class Options:
    """What a user chose; see `bouton.Simulation`. The interpreter takes the plan as it is, for one thread."""

    backend: str
    precision: str
    step_order: tuple[str, ...]
    threads: int
    hoist: bool
    defer: bool
    share: bool


@dataclass(frozen=True)
class Decisions:
    """What a plan was made by, besides a network and options.

    ``apart`` are variables that have to be kept with each synapse, by projection; ``together`` says of which variables one
    is kept for several projections; ``watched`` is what recorders look at.
    """

    apart: Mapping[str, frozenset[str]]
    together: Mapping[Key, Key] | None
    watched: Watch


@final
class Planner:
    """Makes plans. ``places`` says what is kept with neurons: projection → variable → ``pre`` or ``post``."""

    def __init__(self, facts: NetworkFacts, options: Options) -> None:
        self._facts = facts
        self._options = options
        self._compiled = options.backend != "reference"
        self._defer = options.defer and self._compiled
        self._apart: dict[str, frozenset[str]] = {}
        self._together: dict[Key, Key] | None = None
        self.sharing = Sharing()
        self._watched = Watch()
        self.places = self._find_places()
        self.plan = self._make()

    @property
    def deferring(self) -> frozenset[str]:
        """The projections in which something may wait, so that recorders of their variables matter."""
        return frozenset(p.name for p in self._facts.projections) if self._defer else frozenset()

    def watch(self, wanted: Watch) -> bool:
        """Take note of what recorders look at; True if that made another plan."""
        if wanted == self._watched:
            return False
        self._watched = wanted
        self.plan = self._make()
        return True

    def keep_apart(self, projection: str, name: str) -> None:
        """From now on keep a variable, and those that depend on it, with each synapse."""
        self._apart[projection] = self._apart.get(projection, frozenset()) | {name}
        self.places = self._find_places()
        self.plan = self._make()

    @property
    def choices(self) -> tuple[bool, bool, bool]:
        """Whether the user wants hoisting, deferral and sharing."""
        return self._options.hoist, self._options.defer, self._options.share

    @property
    def decisions(self) -> Decisions:
        """What the plan was made by."""
        return Decisions(dict(self._apart), None if self._together is None else dict(self._together), self._watched)

    def decide(self, decisions: Decisions) -> None:
        """Make the plan by other decisions."""
        self._together = None if decisions.together is None else dict(decisions.together)
        if (decisions.apart, decisions.watched) != (self._apart, self._watched):
            self._apart, self._watched = dict(decisions.apart), decisions.watched
            self.places = self._find_places()
            self.plan = self._make()

    def share(self, settings: Settings) -> Sharing:
        """The variables of which one is kept for several projections, by what is set now.

        What was once apart stays so: its values may differ.
        """
        if not self._options.share:
            return self.sharing
        around = Surroundings(self.places, self.plan.step_order, frozenset(self._watched.logged))
        self.sharing = find_shared(self._facts, around, settings, self._together)
        self._together = {key: group[0] for group in self.sharing.groups for key in group}
        return self.sharing

    def keep_alone(self, projection: str, name: str) -> bool:
        """From now on keep a variable for this projection only; True if it was shared, so that memory has to be made anew."""
        return self._together is not None and self._together.pop((projection, name), None) is not None

    def deferral(self, facts: ProjectionFacts) -> Deferral | str:
        """What the postsynaptic events of a projection wait with, or the reason why they act at once."""
        if not self._defer:
            return "nothing is deferred"
        return deferral(facts, self.plan.step_order, self._watched, self.places)

    def accumulation(self, facts: ProjectionFacts) -> Accumulation | str:
        """What a regular block adds and when it reaches the synapses, or the reason why it runs at each step."""
        if not self._defer:
            return "nothing is deferred"
        return accumulation(facts, self.plan.step_order, self._watched, self.places)

    def _find_places(self) -> dict[str, dict[str, str]]:
        if not (self._options.hoist and self._compiled):
            return {}
        found = {p.name: find_places(p, self._apart.get(p.name, frozenset())) for p in self._facts.projections}
        return {p: {n: v.side for n, v in places.items() if v.side != SYNAPSE} for p, places in found.items()}

    def _make(self) -> Plan:
        """The plan, optimised for the backend."""
        alike = find_alike(self._facts, self.places) if self._options.share else ()
        names = frozenset(name for keys in alike for _, name in keys)
        plan = lower(self._facts, self._options.step_order, self._watched, self.places, defer=self._defer, shared=names)
        if not self._compiled:
            return plan
        plan = fuse(deliver(plan), self._watched.positions)
        plan = forward(single(plan) if self._options.precision == "single" else plan)
        return plan if self._options.threads == 1 else divide(plan, self._options.threads, self._facts)
