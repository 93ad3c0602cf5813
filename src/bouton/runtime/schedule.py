"""The schedule of a run: stretches short enough to be interrupted, checked and drained in between."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bouton.analysis.facts import Facts, ProjectionFacts
from bouton.backends.program import AbstractProgram, sample_positions
from bouton.errors import Code, SimulationError
from bouton.runtime.recorders import Recorders
from bouton.runtime.state import State
from bouton.runtime.topology import Topology

if TYPE_CHECKING:
    from bouton.runtime.simulation import Simulation

STRETCH = 0.025
"""Seconds a stretch should take."""
SNAPSHOT_LIMIT = 4 * 2**20
"""Bytes of state up to which every stretch is checked and can be run again to find a fault."""
BLOCK = 2**16
"""Values that are checked at a time."""
CHECK_SHARE = 0.02
"""Share of the time that checks of a larger state may take: they are as rare as that needs."""
Watcher = Callable[["Simulation", int, int], None]
"""What is told of a run after each stretch: the simulation, steps that are done and steps of this run."""
_watcher: ContextVar[Watcher | None] = ContextVar("_watcher", default=None)


@contextmanager
def watching(watcher: Watcher) -> Iterator[None]:
    """Within this context ``watcher`` is told of each run. What it raises ends the run between two steps, as Ctrl-C does."""
    before = _watcher.set(watcher)
    try:
        yield
    finally:
        _watcher.reset(before)


@dataclass
class _Checks:
    """Of a state too large for snapshots: the last step known to be finite, and when to look again."""

    passed: int
    due: float = 0.0


def run_steps(simulation: Simulation, program: AbstractProgram, recorders: Recorders, steps: int, *, progress: bool) -> None:
    """Run ``steps`` steps. Raises SimulationError (E602), and KeyboardInterrupt between stretches."""
    target, watcher = simulation.step + steps, _watcher.get()
    stretch = 256
    checks = _Checks(simulation.step)
    with _deferred_interrupt() as interrupted, _bar(simulation, steps, shown=progress) as advance:
        while simulation.step < target:
            begin, first = time.perf_counter(), simulation.step
            simulation.structure.change()
            wanted = recorders.longest(min(stretch, target - first, simulation.structure.until_next(first)))
            _run_stretch(simulation, program, recorders, wanted)
            if not is_small(simulation):
                _check_now_and_then(simulation, checks, last=simulation.step >= target)
            advance(simulation.step - first)
            if watcher is not None:
                watcher(simulation, steps - (target - simulation.step), steps)
            if interrupted():
                raise KeyboardInterrupt(f"stopped at {simulation.step * simulation.dt * 1e3:g} ms")
            took = max(time.perf_counter() - begin, 1e-6)
            done = simulation.step - first
            stretch = int(max(1, min(4 * stretch, done * STRETCH / took)))


def is_small(simulation: Simulation) -> bool:
    """True if all of the state can be copied in no time."""
    return simulation.state.memory.state_bytes <= SNAPSHOT_LIMIT


def _run_stretch(simulation: Simulation, program: AbstractProgram, recorders: Recorders, steps: int) -> None:
    state, first = simulation.state, simulation.step
    saved = state.memory.copy_state() if is_small(simulation) else None
    taps, reached = _run(simulation, program, recorders, first, steps)
    if saved is not None and _first_fault(simulation) is not None:
        state.memory.restore_state(saved)
        state.memory.arenas["log_i4"][:] = 0
        _find_fault(simulation, program, recorders, first, steps)
    recorders.drain(taps, state, first, reached)
    simulation.step = reached


def _check_now_and_then(simulation: Simulation, checks: _Checks, *, last: bool) -> None:
    """Look for a fault if it is time to. Raises SimulationError (E602) with the stretch of time in which it appeared."""
    begin = time.perf_counter()
    if begin < checks.due and not last:
        return
    if _first_fault(simulation) is not None:
        since, now = (step * simulation.dt * 1e3 for step in (checks.passed, simulation.step))
        raise _fault_error(simulation, f"between {since:g} and {now:g} ms")
    end = time.perf_counter()
    checks.passed, checks.due = simulation.step, end + (end - begin) / CHECK_SHARE


def _run(simulation: Simulation, program: AbstractProgram, recorders: Recorders, first: int, steps: int) -> Any:
    state = simulation.state
    taps = recorders.prepare(state, sample_positions(simulation.plan), first, steps)
    reached = program.run(first, first + steps, simulation.dt, state.memory, taps)
    if reached == first:
        raise AssertionError("a buffer of a recorder is too small for one step")
    return taps, reached


def _find_fault(simulation: Simulation, program: AbstractProgram, recorders: Recorders, first: int, steps: int) -> None:
    """Run again step by step; raises when the fault appears, with all that was recorded before kept."""
    for step in range(first, first + steps):
        taps, reached = _run(simulation, program, recorders, step, 1)
        recorders.drain(taps, simulation.state, step, reached)
        simulation.step = reached
        if _first_fault(simulation) is not None:
            raise _fault_error(simulation, f"at {reached * simulation.dt * 1e3:g} ms")


def _first_fault(simulation: Simulation) -> tuple[str, str, int] | None:
    """Object, variable and element of the first variable that is NaN or infinite."""
    state = simulation.state
    for facts in state.by_name.values():
        for name, symbol in facts.scope.symbols.items():
            if symbol.kind in {"ode", "variable"}:
                values = state.memory.view((facts.name, name))
                if not _all_finite(values) and (element := _element(state, facts, name, ~np.isfinite(values))) is not None:
                    return facts.name, name, element
        if isinstance(facts, ProjectionFacts) and (fault := _fault_of_totals(state, facts)) is not None:
            return fault
    return None


def _all_finite(values: NDArray[Any]) -> bool:
    """True if all values are finite; asked block by block, which takes no memory to speak of."""
    return all(np.isfinite(values[begin : begin + BLOCK]).all() for begin in range(0, len(values), BLOCK))


def _fault_of_totals(state: State, facts: ProjectionFacts) -> tuple[str, str, int] | None:
    """The same of what is added up with targets and has not reached the synapses yet."""
    totals = state.plan.accumulated.get(facts.name)
    for (name, _), slot in () if totals is None else totals.totals.items():
        wrong = ~np.isfinite(state.memory.view(slot.key))
        if wrong.any() and (synapses := wrong[state.topologies[facts.name].targets]).any():
            return facts.name, name, _id(state, facts, np.argmax(synapses))
    return None


def _element(state: State, facts: Facts, name: str, wrong: NDArray[np.bool_]) -> int | None:
    """The user's index of the first element that is wrong; None if it is kept with neurons that have no synapse."""
    if not isinstance(facts, ProjectionFacts):
        return int(np.argmax(wrong))
    neurons = state.keepers(facts, name)
    synapses = wrong if neurons is None else wrong[neurons]
    return _id(state, facts, np.argmax(synapses)) if synapses.any() else None


def _id(state: State, facts: ProjectionFacts, stored: Any) -> int:
    """The id of a stored synapse."""
    topology = state.topologies[facts.name]
    return int(topology.numbers(stored) if isinstance(topology, Topology) else topology.for_users(stored))


def check_finite(simulation: Simulation) -> None:
    """Raises SimulationError (E602) if what was deferred led to NaN or infinity."""
    if _first_fault(simulation) is not None:
        raise _fault_error(simulation, f"by {simulation.step * simulation.dt * 1e3:g} ms")


def _fault_error(simulation: Simulation, when: str) -> SimulationError:
    fault = _first_fault(simulation)
    assert fault is not None
    owner, name, element = fault
    return SimulationError(
        Code.NOT_FINITE,
        f"{name!r} of element {element} of {owner!r} became NaN or infinite {when}",
        where="Simulation.run",
        expected="finite values; what was recorded until then is kept",
        hint="look at the variables it depends on, take a smaller dt, or give bounds: (min=…, max=…)",
    )


@contextmanager
def _deferred_interrupt() -> Iterator[Any]:
    """Ctrl-C is noted and acted upon between stretches, when state and recordings agree."""
    noted: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    before = signal.signal(signal.SIGINT, lambda number, _: noted.append(number))
    try:
        yield lambda: bool(noted)
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _bar(simulation: Simulation, steps: int, *, shown: bool) -> Iterator[Any]:
    """A progress bar in biological seconds, or nothing."""
    if not shown:
        yield lambda done: None
        return
    from tqdm.auto import tqdm

    form = "{l_bar}{bar}| {n:.3g}/{total:.3g} s [{elapsed}<{remaining}]"
    with tqdm(total=steps * simulation.dt, bar_format=form) as bar:
        yield lambda done: bar.update(done * simulation.dt)
