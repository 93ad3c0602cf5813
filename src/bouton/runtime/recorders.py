"""Recorders: what they ask the program to take out, and where it goes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bouton.analysis.facts import ProjectionFacts
from bouton.backends.memory import Taps
from bouton.plan.lower import Watch
from bouton.recording import EventRecording, RateRecording, SpikeRecording, TraceRecording
from bouton.runtime.state import State
from bouton.runtime.topology import Topology

OBSERVED = " observed"
"""Ends the names of slots that are computed for recorders."""
SAMPLES_AT_ONCE = 2_000_000
"""Numbers that the buffers of sampled values may hold; longer stretches are cut."""


@dataclass
class TraceTap:
    """Sample ``slot`` of an object at a position; ``places`` are elements in order of storage.

    Of synapses ``ids`` are those that are recorded, and ``gone`` says which of them are no more.
    """

    recording: TraceRecording
    slot: tuple[str, str]
    places: NDArray[np.int64]
    interval: int
    offset: int
    position: str
    ids: NDArray[np.int64] | None = None
    gone: NDArray[np.bool_] | None = None


@dataclass
class SpikeTap:
    """Copy the spikes of a population."""

    recording: SpikeRecording
    owner: str


@dataclass
class RateTap:
    """Count the spikes of a population."""

    recording: RateRecording
    owner: str


@dataclass
class EventTap:
    """Take the record of a projection's events; ``slot`` is the record's name."""

    recording: EventRecording
    owner: str
    variable: str
    moment: str


@dataclass
class Recorders:
    """All recorders of a simulation."""

    traces: list[TraceTap] = field(default_factory=list)
    spikes: list[SpikeTap] = field(default_factory=list)
    rates: list[RateTap] = field(default_factory=list)
    events: list[EventTap] = field(default_factory=list)

    def all(self) -> list[Any]:
        """Every recording."""
        taps: list[Any] = [*self.traces, *self.spikes, *self.rates, *self.events]
        return [tap.recording for tap in taps]

    def watch(self, projections: frozenset[str]) -> Watch:
        """What the plan has to compute or record for them; samples of variables count for ``projections``."""
        computed: dict[tuple[str, str], set[str]] = {}
        sampled: dict[tuple[str, str], set[tuple[str, int]]] = {}
        for tap in self.traces:
            owner, slot = tap.slot
            if slot.endswith(OBSERVED):
                computed.setdefault((owner, slot.removesuffix(OBSERVED)), set()).add(tap.position)
            elif owner in projections:
                sampled.setdefault(tap.slot, set()).add((tap.position, tap.interval))
        logged: dict[str, set[tuple[str, str]]] = {}
        for event in self.events:
            logged.setdefault(event.owner, set()).add((event.variable, event.moment))
        return Watch(
            {k: frozenset(v) for k, v in computed.items()},
            {k: frozenset(v) for k, v in sampled.items()},
            {k: frozenset(v) for k, v in logged.items()},
            frozenset(tap.position for tap in self.traces) - {"end"},
        )

    def follow(self, owner: str, topology: Topology) -> None:
        """Find the synapses of a projection where they are now."""
        for tap in self.traces:
            if tap.slot[0] == owner and tap.ids is not None:
                places = topology.places_of(tap.ids)
                tap.gone = places < 0
                tap.places = places[~tap.gone]
        for event in self.events:
            if event.owner == owner:
                event.recording.grow(topology.size if topology.born is None else topology.born)

    def longest(self, steps: int) -> int:
        """How many steps may run at once, given the space for samples."""
        for tap in self.traces:
            steps = min(steps, max(1, SAMPLES_AT_ONCE // max(1, len(tap.places))) * tap.interval)
        return steps

    def prepare(self, state: State, positions: tuple[str, ...], first: int, steps: int) -> Taps:
        """Tables and buffers for a stretch of ``steps``."""
        taps = Taps.none(len(positions))
        self._prepare_traces(taps, state, positions, steps)
        self._prepare_spikes(taps, state, first, steps)
        rows = []
        for event in self.events:
            key = (event.owner, f"{event.variable}_{event.moment} count")
            room = state.dimensions[event.owner, "log"], state.most_events(event.owner)
            rows.append((state.memory.place[key][1], state.memory.apart(key), *room))
        taps.logs = np.array(rows, dtype=np.int64).reshape(-1, 4)
        return taps

    def _prepare_traces(self, taps: Taps, state: State, positions: tuple[str, ...], steps: int) -> None:
        self.traces.sort(key=lambda tap: positions.index(tap.position))
        rows, elements, begin, out = [], [], 0, 0
        for tap in self.traces:
            owner, name = tap.slot
            slot = (owner, name + OBSERVED) if tap.slot in state.plan.peeked else tap.slot
            _, start, _ = state.memory.place[slot]
            end = begin + len(tap.places)
            rows.append((tap.interval, tap.offset, begin, end, out))
            facts = state.by_name[owner]
            neurons = state.keepers(facts, name, tap.places) if isinstance(facts, ProjectionFacts) else None
            elements.append(start + (tap.places if neurons is None else neurons))
            taps.positions[positions.index(tap.position) + 1 :] += 1
            out += (steps // tap.interval + 1) * len(tap.places)
            begin = end
        taps.samples = np.array(rows, dtype=np.int64).reshape(-1, 5)
        taps.elements = np.concatenate([*elements, np.empty(0, dtype=np.int64)])
        taps.sample_rows = np.zeros(len(rows), dtype=np.int64)
        taps.sample_values = np.empty(out)

    def _prepare_spikes(self, taps: Taps, state: State, first: int, steps: int) -> None:
        del first
        rows, out = [], 0
        for tap in self.spikes:
            width = state.dimensions[tap.owner, "width"]
            capacity = max(4096, 4 * width)
            ring, counts = (state.memory.place[tap.owner, n][1] for n in (":spikes", ":counts"))
            rows.append((ring, counts, width, state.dimensions[tap.owner, "depth spikes"] - 1, out, capacity))
            out += capacity
        taps.spikes = np.array(rows, dtype=np.int64).reshape(-1, 6)
        taps.spike_counts = np.zeros(len(rows), dtype=np.int64)
        taps.spike_steps, taps.spike_indices = np.empty(out, dtype=np.int64), np.empty(out, dtype=np.int64)
        rates = [
            (state.memory.place[t.owner, ":counts"][1], state.dimensions[t.owner, "depth spikes"] - 1, number * steps)
            for number, t in enumerate(self.rates)
        ]
        taps.rates = np.array(rates, dtype=np.int64).reshape(-1, 3)
        taps.rate_counts = np.zeros(len(rates) * steps, dtype=np.int64)

    def drain(self, taps: Taps, state: State, first: int, reached: int) -> None:
        """Hand what was taken to the recordings."""
        for number, tap in enumerate(self.traces):
            out, rows, n = taps.samples[number, 4], int(taps.sample_rows[number]), len(tap.places)
            due = np.arange(first, reached)
            due = due[(due + tap.offset) % tap.interval == 0]
            values = taps.sample_values[out : out + rows * n].reshape(rows, n)
            if tap.gone is not None:
                there, values = values, np.full((rows, len(tap.gone)), np.nan)
                values[:, ~tap.gone] = there
            tap.recording.append(due, values)
        for number, spike in enumerate(self.spikes):
            out, count = taps.spikes[number, 4], int(taps.spike_counts[number])
            spike.recording.append(taps.spike_steps[out : out + count], taps.spike_indices[out : out + count])
            spike.recording.advance(reached - first)
        for number, rate in enumerate(self.rates):
            out = taps.rates[number, 2]
            rate.recording.append(first, taps.rate_counts[out : out + reached - first])
        records: dict[tuple[str, str], list[EventRecording]] = {}  # several may record one thing
        for event in self.events:
            records.setdefault((event.owner, f"{event.variable}_{event.moment}"), []).append(event.recording)
        for (owner, name), recordings in records.items():
            _drain_events(owner, name, recordings, state)


def _drain_events(owner: str, name: str, recordings: list[EventRecording], state: State) -> None:
    """Hand one record of a projection's events to all who record it."""
    counts = state.memory.copies((owner, f"{name} count"))
    steps, synapses, values = (
        np.concatenate([own[:n] for own, (n,) in zip(state.memory.copies((owner, f"{name} {w}")), counts, strict=True)])
        for w in ("steps", "synapses", "values")
    )
    counts[:] = 0
    order = np.lexsort((synapses, steps))  # the same for any threads; which event of a synapse came first is kept
    steps, synapses, values = steps[order], synapses[order], values[order]
    topology = state.topologies[owner]
    assert isinstance(topology, Topology)
    for recording in recordings:
        recording.append(steps.astype(np.int64), topology.numbers(synapses), values)
