"""What a run spent its time on, call by call."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from bouton.backends.program import Measured
from bouton.equations.nodes import Item, Name, walk
from bouton.plan.nodes import expressions, stores
from bouton.plan.plan import Call

if TYPE_CHECKING:
    import pandas as pd

    from bouton.runtime.state import State


@dataclass(frozen=True)
class ProfileRow:
    """One call of the plan, or the recorders of a phase.

    ``events`` are the elements or synapses handled: for events of neurons, spikes times the mean number of their synapses;
    with several threads, spikes of a thread's own neurons and of others may be calls of their own. ``bytes_each`` is what
    one of them reads and writes in order (not by look-up).
    """

    phase: str
    what: str
    owner: str
    seconds: float
    calls: int
    events: float
    bytes_each: float

    @property
    def ns_each(self) -> float:
        """Nanoseconds for an element or synapse."""
        return self.seconds / self.events * 1e9 if self.events else 0.0


@dataclass(frozen=True)
class Profile:
    """The rows in the order of a step, and the seconds of all; as text a table, the longest first.

    ``bandwidth`` is what memory moves here in bytes a second: the roof over rows that read and write in order. A row far
    below it is bound by arithmetic, by look-ups or by what it calls. Of several threads, the rows are those of the first.
    """

    rows: tuple[ProfileRow, ...]
    seconds: float
    bandwidth: float

    def to_pandas(self) -> pd.DataFrame:
        """A row for each call: phase, what, owner, seconds, calls, events, bytes_each, ns_each."""
        import pandas as pd

        names = ("phase", "what", "owner", "seconds", "calls", "events", "bytes_each", "ns_each")
        return pd.DataFrame({name: [getattr(row, name) for row in self.rows] for name in names})

    def __str__(self) -> str:
        lines = [_LINE.format("phase", "kernel", "of", "seconds", "share", "events", "ns each", "bytes", "GB/s", "of roof")]
        for row in sorted(self.rows, key=lambda row: -row.seconds):
            each = ("", "", "", "")
            if row.ns_each:
                moved = row.bytes_each / row.ns_each
                each = (f"{row.ns_each:.2f}", f"{row.bytes_each:g}", f"{moved:.1f}", f"{moved * 1e9 / self.bandwidth:.0%}")
            took = (f"{row.seconds:.4f}", f"{row.seconds / self.seconds:.1%}", f"{row.events:.3g}" if row.events else "")
            lines.append(_LINE.format(row.phase, row.what, row.owner, *took, *each).rstrip())
        roof = f"the roof: memory moves {self.bandwidth / 1e9:.1f} GB/s here, caches more"
        return "\n".join([*lines, f"{self.seconds:.4f} seconds in all; {roof}"])


_LINE = "{:10.10} {:34.34} {:20.20} {:>9} {:>6} {:>9} {:>8} {:>6} {:>6} {:>8}"


def make_profile(state: State, measured: tuple[Measured, ...], seconds: float) -> Profile:
    """The profile of runs that took ``seconds`` in all."""
    cycles = sum(m.cycles for m in measured)
    rows = []
    for m in measured:
        share = m.cycles / max(1, cycles) * seconds
        if m.call is None:
            rows.append(ProfileRow(m.phase, "recorders", "", share, m.calls, 0.0, 0.0))
        else:
            call = m.call
            rows.append(ProfileRow(m.phase, call.kernel.name, call.owner, share, m.calls, _events(state, m, call), _bytes(call)))
    return Profile(tuple(rows), seconds, bandwidth())


@cache
def bandwidth() -> float:
    """Bytes a second that copying moves in memory outside the caches: read once, written once."""
    source = np.ones(COPIED // 8)
    target = np.empty_like(source)
    took = []
    for _ in range(4):  # the first brings pages in
        begin = time.perf_counter()
        np.copyto(target, source)
        took.append(time.perf_counter() - begin)
    return 2 * COPIED / min(took)


COPIED = 64 * 2**20


def _events(state: State, m: Measured, call: Call) -> float:
    """What the measured thread handled: with several, an equal share of all."""
    return _events_of_all(state, m, call) / state.plan.parts


def _events_of_all(state: State, m: Measured, call: Call) -> float:
    if call.pathway is not None:
        size = state.topologies[call.owner].expected
        if call.pathway.reach == "all":
            return float(m.spikes * size)
        return m.spikes * size / max(1, state.dimensions[call.pathway.population, "n"])
    if call.kernel.domain in {"synapses", "rows"}:
        return float(m.calls * state.dimensions[call.owner, "n"])
    if call.kernel.domain in {"elements", "threshold"}:
        return float(m.calls * (state.fixed[call.slots["stop"].key] - state.fixed[call.slots["start"].key]))
    return float(m.calls)


def _bytes(call: Call) -> float:
    """Bytes that an element or synapse reads and writes at its own index."""
    own = {Name("i"), Name("j")}
    read = {
        node.array
        for statement in (*call.kernel.before, *call.kernel.body)
        for expression in expressions(statement)
        for node in walk(expression)
        if isinstance(node, Item) and node.index in own
    }
    written = {s.array for s in stores((*call.kernel.before, *call.kernel.body)) if s.index in own}
    looked_up = {"target"} if call.kernel.domain == "rows" and "target" in call.slots else set()
    return float(sum(call.slots[name].item_bytes for name in (*(read | looked_up), *written)))
