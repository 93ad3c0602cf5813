"""Divide the work of each step among threads, by target.

A part is a range of each population's neurons, with the synapses onto them: a range of each row, since rows are in order
of targets. A thread runs the kernels of a step on its part. No sum is divided, so that numbers do not depend on the number
of threads. Nothing is locked; where a thread reads what another writes, all wait for one another in between.

What the synapses of a *source* share is kept by each thread for itself (`Plan.private`), as are the spikes that it reads:
each puts those of its part into a list, and when all have, each files all lists in a ring of its own.

A call that writes to neurons of other parts is made by the first thread alone, part after part (`Call.whole`).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bouton.analysis.facts import NetworkFacts
from bouton.analysis.find_places import is_one_value
from bouton.equations.nodes import Call as Apply
from bouton.equations.nodes import Expr, Item, names, walk
from bouton.plan.nodes import Arg, For, If, Let, Slot, Statement, expressions, stores
from bouton.plan.plan import Call, Merge, Phase, Plan

RING = ("spikes", "counts", "width", "mask")


def divide(plan: Plan, parts: int, facts: NetworkFacts) -> Plan:
    """The plan for several threads.

    Slots whose values differ between parts are filled by `bouton.runtime.parts`.
    """
    targets = {p.name: p.post.name for p in facts.projections}
    scattered = frozenset(p.name for p in facts.projections if not is_one_value(p.projection.delays["axonal"]))
    rings = _Rings(plan)
    phases = [
        dataclasses.replace(p, calls=tuple(rings.rebound(_by_rows(c, targets), targets) for c in p.calls)) for p in plan.phases
    ]
    settling = tuple(_by_rows(call, targets) for call in plan.settling)
    known = {slot.key: slot for slot in plan.slots}
    for call in (*(c for p in phases for c in p.calls), *settling, *plan.renewing):
        known |= {slot.key: slot for slot in call.slots.values()}
    merges = rings.merges()
    for merge in merges:
        known |= {slot.key: slot for slot in merge.slots()}
    private = frozenset(key for key, slot in known.items() if _is_private(slot)) | rings.private
    judge = _Judge(private, targets, scattered)
    marked = _ahead(_waits([dataclasses.replace(p, calls=judge.marked(p)) for p in phases], judge), judge)
    return dataclasses.replace(
        plan, phases=marked, slots=tuple(known.values()), settling=settling, parts=parts, private=private, merges=merges
    )


def _is_private(slot: Slot) -> bool:
    return slot.role == "log" or (slot.role == "state" and slot.shape[0] in {"n pre", "one"})


def _by_rows(call: Call, targets: Mapping[str, str]) -> Call:
    """A call over synapses as one over the rows that a part has of them."""
    kernel = call.kernel
    if kernel.domain != "synapses":
        return call
    owner = call.owner
    assert owner in targets
    rows = {name: Slot(owner, f":{name}", "i4", ("n pre",), "fixed") for name in ("row_starts", "row_stops")}
    rows["n_rows"] = Slot(owner, ":n pre", "i8", ("1",), "fixed")
    kept = tuple(arg for arg in kernel.args if arg.name not in {"start", "stop"})
    args = (*kept, *(Arg(name, slot.dtype, slot.shape != ("1",)) for name, slot in rows.items()))
    bound = {arg.name: call.slots[arg.name] for arg in kept} | rows
    return dataclasses.replace(call, kernel=dataclasses.replace(kernel, domain="rows", args=args), slots=bound)


class _Rings:
    """Where spikes are put: in lists of a part; in a ring of all; in a ring of those onto a part."""

    def __init__(self, plan: Plan) -> None:
        self._rings = {
            call.slots["spikes"].owner: {name: call.slots[name] for name in (*RING, "weights") if name in call.slots}
            for _, call in plan.calls()
            if "spikes" in call.slots and call.kernel.domain in {"threshold", "builtin"}
        }
        self._alone = {c.slots["spikes"].owner for _, c in plan.calls() if "spikes" in c.slots and c.kernel.domain == "builtin"}
        self._own: dict[str, dict[str, tuple[Slot, Slot]]] = {name: {} for name in self._rings}
        for population in self._rings:
            self._of(population, population)
        self.private: frozenset[tuple[str, str]] = frozenset()

    def rebound(self, call: Call, targets: Mapping[str, str]) -> Call:
        """The call with the list or ring that a part writes or reads."""
        if "spikes" not in call.slots:
            return call
        population = call.slots["spikes"].owner
        if population not in self._rings:  # it never spikes
            return call
        if call.kernel.domain in {"threshold", "builtin"}:
            return dataclasses.replace(call, slots={**call.slots, **self._list(population, weighted="weights" in call.slots)})
        if call.kernel.domain == "spiked":
            spikes, counts = self._of(population, population)
        elif call.pathway is not None and call.pathway.reach == "target":
            spikes, counts = self._of(population, targets[call.owner])
        else:
            return call
        return dataclasses.replace(call, slots={**call.slots, "spikes": spikes, "counts": counts})

    def _list(self, population: str, *, weighted: bool, what: str = "emitted") -> dict[str, Slot]:
        slots = {
            "spikes": Slot(population, f":{what}", "i4", ("width",)),
            "counts": Slot(population, f":{what} counts", "i4", ("one",)),
            "mask": Slot(population, ":emitted mask", "i8", ("1",), "fixed"),
        }
        weights = self._rings[population].get("weights")
        if weighted and weights is not None:
            slots["weights"] = Slot(population, f":{what} weights", weights.dtype, ("width",))
        return slots

    def _of(self, population: str, target: str) -> tuple[Slot, Slot]:
        """The ring of the spikes whose numbers are those of a part of ``target``."""
        ring = self._rings[population]
        spikes = dataclasses.replace(ring["spikes"], name=f":spikes onto {target}")
        counts = dataclasses.replace(ring["counts"], name=f":counts onto {target}")
        return self._own[population].setdefault(target, (spikes, counts))

    def merges(self) -> tuple[Merge, ...]:
        """What makes rings of the lists."""
        merges = []
        for population, ring in self._rings.items():
            emitted, later = (self._list(population, weighted="weights" in ring, what=what) for what in ("emitted", "later"))
            own = tuple(
                (*slots, Slot(target, ":start", "i8", ("1",), "fixed"), Slot(target, ":stop", "i8", ("1",), "fixed"))
                for target, slots in self._own[population].items()
            )
            merges.append(Merge(population, ring, emitted, later, own, population in self._alone))
        held = {slot.key for merge in merges for slot in merge.slots() if slot.role == "state"}
        self.private = frozenset(held)
        return tuple(merges)


@dataclass(frozen=True)
class _Access:
    """The slots, of those that threads share, that a call touches.

    ``own``: each thread what belongs to its part. ``others``: what belongs to any part. ``alone``: the first thread, all.
    """

    own_read: frozenset[Slot] = frozenset()
    own_written: frozenset[Slot] = frozenset()
    others_read: frozenset[Slot] = frozenset()
    others_written: frozenset[Slot] = frozenset()
    alone: frozenset[Slot] = frozenset()

    @property
    def by_many(self) -> frozenset[Slot]:
        """What several threads touch."""
        return self.own_read | self.own_written | self.others_read | self.others_written


class _Judge:
    """What a call touches, and who makes it."""

    def __init__(self, private: frozenset[tuple[str, str]], targets: Mapping[str, str], scattered: frozenset[str]) -> None:
        """``targets`` are those of projections; rows of those in ``scattered`` are not in the order of targets."""
        self._private = private
        self._targets = targets
        self._scattered = scattered

    def marked(self, phase: Phase) -> tuple[Call, ...]:
        """The calls of a phase; if one of its events has to be handled by one thread alone, all are."""
        alone = {id(call) for call in phase.calls if self._is_alone(call)}
        events = [call for call in phase.calls if call.pathway is not None]
        touched = [self.access(call) for call in events]
        crossing = any(one.others_read & other.own_written for one in touched for other in touched)
        together = crossing or any(id(call) in alone for call in events)
        alone |= {id(call) for call in events if together}
        return tuple(  # only the first thread knows whether there were events that it handled alone
            dataclasses.replace(call, whole=id(call) in alone, idle=call.idle and not together) for call in phase.calls
        )

    def _is_alone(self, call: Call) -> bool:
        scattered = call.kernel.domain == "rows" and call.owner in self._scattered
        return call.kernel.domain == "builtin" or scattered or bool(self.access(call).others_written)

    def access(self, call: Call) -> _Access:
        """What a call touches."""
        kernel = call.kernel
        shared = {n: s for n, s in call.slots.items() if s.role == "state" and s.key not in self._private}
        shared = {n: s for n, s in shared.items() if s.shape != ("windows",)}  # read when all have met since it was written
        if call.whole or kernel.domain == "builtin":
            return _Access(alone=frozenset(shared.values()))
        defined = dict(_definitions(kernel.statements))
        found: dict[str, set[Slot]] = {"own_read": set(), "own_written": set(), "others_read": set(), "others_written": set()}

        def note(array: str, index: Expr, how: str) -> None:
            if array in shared:
                found[f"{self._whose(call, shared[array], index, defined)}_{how}"].add(shared[array])

        for store in stores(kernel.statements):
            note(store.array, store.index, "written")
        for statement in kernel.statements:
            for expression in expressions(statement):
                for node in walk(expression):
                    if isinstance(node, Item):
                        note(node.array, node.index, "read")
        found["others_read"] |= {shared[arg.name] for arg in kernel.args if not arg.array and arg.name in shared}
        if kernel.domain == "threshold":
            found["own_written"].add(shared["last"])
        return _Access(**{name: frozenset(slots) for name, slots in found.items()})

    def _whose(self, call: Call, slot: Slot, index: Expr, defined: Mapping[str, Iterable[Expr]]) -> str:
        near = slot.owner in {call.owner, self._targets.get(call.owner)}
        reached = _reached(index, defined)
        return "own" if near and reached & {"i", "j", "post"} and "pre" not in reached else "others"


def _definitions(statements: Iterable[Statement]) -> Iterator[tuple[str, tuple[Expr, ...]]]:
    """What locals follow from; a place in a list of waiting events from where the list begins."""
    for statement in statements:
        match statement:
            case Let(name=name, value=Apply(func="pending" | "first_since", args=args)):
                yield name, (args[1],)
            case Let(name=name, value=value):
                yield name, (value,)
            case If(body=body):
                yield from _definitions(body)
            case For(name=name, begin=begin, end=end, body=body):
                yield name, (begin, end)
                yield from _definitions(body)


def _reached(index: Expr, defined: Mapping[str, Iterable[Expr]]) -> frozenset[str]:
    """The names that an index follows from; how neurons follow from synapses does not matter."""
    seen: dict[str, None] = dict.fromkeys(names(index))
    waiting = list(seen)
    while waiting:
        name = waiting.pop()
        for expression in () if name in {"pre", "post"} else defined.get(name, ()):
            new = names(expression) - set(seen)
            seen |= dict.fromkeys(new)
            waiting += new
    return frozenset(seen)


def _waits(phases: list[Phase], judge: _Judge) -> tuple[Phase, ...]:
    """Mark the calls before which all threads wait for one another. The lists of spikes are merged with a wait of its own."""
    waiting: set[tuple[int, int]] = set()
    before: list[_Access] = []
    for_all = False  # whether the first thread did something with what others have for themselves
    for _ in range(2):  # what one step leaves open matters in the next
        for number, phase in enumerate(phases):
            for place, calls in enumerate(_units(phase)):
                access = [judge.access(call) for call in calls]
                after, for_all = for_all, any(call.whole and call.kernel.domain != "builtin" for call in calls)
                if after or for_all or any(_clash(old, new) for old in before for new in access):
                    waiting.add((number, place))
                if (number, place) in waiting:
                    before = []
                before += access
            if phase.name == "threshold":
                before = []
    return tuple(
        dataclasses.replace(
            phase,
            calls=tuple(
                dataclasses.replace(call, waits=(number, place) in waiting and call is calls[0])
                for place, calls in enumerate(_units(phase))
                for call in calls
            ),
        )
        for number, phase in enumerate(phases)
    )


def _ahead(phases: tuple[Phase, ...], judge: _Judge) -> tuple[Phase, ...]:
    """Mark the calls that a thread may make before it has read the letters of a step: one of another may be anywhere then."""
    touched = [judge.access(call) for phase in phases for call in phase.calls]

    def waits(call: Call) -> bool:
        if call.waits or call.whole or call.kernel.domain in {"threshold", "builtin"}:
            return True
        if "spikes" in call.slots and not (call.pathway is not None and call.pathway.reach == "source"):
            return True
        if any(slot.shape == ("windows",) for slot in call.slots.values()):  # see `_Judge.access`
            return True
        return any(_clash(judge.access(call), other) for other in touched)

    def marked(phase: Phase) -> tuple[Call, ...]:
        late = {id(call) for unit in _units(phase) if any(map(waits, unit)) for call in unit}
        return tuple(dataclasses.replace(call, ahead=id(call) not in late) for call in phase.calls)

    return tuple(dataclasses.replace(phase, calls=marked(phase)) for phase in phases)


def _units(phase: Phase) -> Iterator[tuple[Call, ...]]:
    """Calls one by one, but events of a phase together: they are handled age by age."""
    events = tuple(call for call in phase.calls if call.pathway is not None)
    for call in phase.calls:
        if call.pathway is None:
            yield (call,)
        elif call is events[0]:
            yield events


def _clash(old: _Access, new: _Access) -> bool:
    """True if two threads may touch one slot, and one of them to write."""
    crossed = (old.own_written & new.others_read) | (old.others_read & new.own_written)
    return bool(crossed | (old.alone & new.by_many) | (old.by_many & new.alone))
