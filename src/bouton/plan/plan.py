"""What is done in one time step: frozen values that backends carry out.

A call binds the arguments of a kernel to slots. A plan lists the calls of a step, phase by phase.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bouton.plan.nodes import Kernel, Slot


@dataclass(frozen=True)
class Call:
    """A kernel applied to slots.

    ``every`` names a slot with an interval in steps: the call is made when ``step + offset`` is a multiple of it;
    ``when`` names a slot that must not be 0; ``pathway`` is given for events: who spikes and
    which delays the synapses have; ``delivers`` says that the call hands accumulators on to variables of neurons; ``idle``
    that it changes nothing unless an event of the phase reached a synapse, so that backends may leave it out. In a plan for
    several threads (`passes.divide`), ``waits`` says that all wait for one another before the call, ``whole`` that the first
    makes it for all parts, ``ahead`` that a thread may make it before it knows which neurons of others spiked in this step; of
    events, that holds for those of earlier steps and of its own neurons.
    """

    kernel: Kernel
    owner: str
    slots: Mapping[str, Slot]
    every: Slot | None = None
    offset: int = 0
    when: Slot | None = None
    pathway: Pathway | None = None
    delivers: bool = False
    idle: bool = False
    waits: bool = False
    whole: bool = False
    ahead: bool = False


@dataclass(frozen=True, slots=True)
class Pathway:
    """How events of one kind reach the synapses of a projection.

    ``trigger``: ``pre``, ``post`` or ``event``. ``population`` spikes. ``reach``: ``source``,
    ``target`` or ``all`` synapses. ``delay`` names the delay (``axonal``, ``backprop`` or a block's own).
    """

    projection: str
    name: str
    population: str
    trigger: str
    reach: str
    delay: str

    def slot(self, field_name: str, dtype: str, *shape: str) -> Slot:
        """One of the pathway's slots: ``first``, ``permutation``, ``groups``, ``group of age``."""
        return Slot(self.projection, f"{self.name}:{field_name}", dtype, shape, role="fixed")


@dataclass(frozen=True)
class Phase:
    """Calls whose reads see the values at the phase's start; recorders may sample after it.

    ``clock_offset`` is 1 after the integration of this step.
    """

    name: str
    calls: tuple[Call, ...]
    clock_offset: int


@dataclass(frozen=True)
class Totals:
    """What synapses of a projection have still to be given: see `bouton.plan.lower_accumulated`.

    ``on`` and ``back`` are the powers of A (of ``variables``) and of M (of ``sources``), and of their inverses, by row and
    column, where they are not those of the identity; ``totals`` are U and T by variable and column, ``mask`` is one less than a
    span.
    """

    variables: tuple[str, ...]
    sources: tuple[str, ...]
    on: Mapping[tuple[str, str], Slot]
    back: Mapping[tuple[str, str], Slot]
    totals: Mapping[tuple[str, str], Slot]
    mask: Slot


@dataclass(frozen=True)
class Merge:
    """How the spikes of a population that each part has ``emitted`` get into the ``ring`` of each thread.

    Both map what a threshold calls its arguments (spikes, counts, width, mask, weights) to slots, as does ``later``, a list of
    the spikes in this step of the parts after one's own. ``own`` are further rings, of the spikes with numbers in a range:
    (spikes, counts, start, stop). ``alone`` says that the first part emits the spikes of all.
    """

    population: str
    ring: Mapping[str, Slot]
    emitted: Mapping[str, Slot]
    later: Mapping[str, Slot]
    own: tuple[tuple[Slot, Slot, Slot, Slot], ...]
    alone: bool

    def slots(self) -> Iterator[Slot]:
        """All of them."""
        yield from self.ring.values()
        yield from self.passing()
        for each in self.own:
            yield from each

    def passing(self) -> Iterator[Slot]:
        """Those that nobody reads after their step."""
        yield from self.emitted.values()
        yield from self.later.values()


@dataclass(frozen=True)
class Plan:
    """Everything that one step does, and everything it touches.

    ``recipes`` say how fixed slots follow from parameters (`bouton.plan.recipes`); ``initial`` is the
    fill of state slots that no variable's initial value fills. ``settling`` are the calls that bring up to date what
    was deferred, after a step; ``renewing`` those that make anew, before a run, what is kept with targets to bring it up to
    date with. ``least_delays`` are the steps that a
    projection's delay must have at least, by projection and delay. ``peeked`` are the variables of which recorders get what is
    computed for them, while what was deferred still waits. ``accumulated`` says for which projections what
    regular blocks add is added up. A plan divided among ``parts`` threads has slots of which each keeps its own
    (``private``), and ``merges`` after the threshold.
    """

    phases: tuple[Phase, ...]
    slots: tuple[Slot, ...]
    pathways: tuple[Pathway, ...]
    recipes: tuple[object, ...]
    initial: Mapping[tuple[str, str], float] = field(default_factory=dict)
    step_order: tuple[str, ...] = ()
    settling: tuple[Call, ...] = ()
    least_delays: Mapping[tuple[str, str], int] = field(default_factory=dict)
    accumulated: Mapping[str, Totals] = field(default_factory=dict)
    peeked: frozenset[tuple[str, str]] = frozenset()
    renewing: tuple[Call, ...] = ()
    parts: int = 1
    private: frozenset[tuple[str, str]] = frozenset()
    merges: tuple[Merge, ...] = ()

    def calls(self) -> Iterator[tuple[Phase, Call]]:
        """All calls in order, with their phases."""
        for phase in self.phases:
            for call in phase.calls:
                yield phase, call

    @property
    def between(self) -> tuple[Call, ...]:
        """The calls that are made between runs."""
        return self.settling + self.renewing

    def kernels(self) -> tuple[Kernel, ...]:
        """The distinct kernels, in order of first use."""
        return tuple(dict.fromkeys(call.kernel for call in (*(c for _, c in self.calls()), *self.between)))
