"""What a page may ask for: sizes of texts and trains, and how long a run may take. Beyond it a request is refused."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from bouton.errors import BoutonError, Code, EquationError, NetworkError, SimulationError
from bouton.runtime.schedule import watching

MAX_QUERY = 12_000
MAX_TEXT = 4_000
"""Characters of one text of equations or statements."""
MAX_STATEMENTS = 60
"""Equations and statements of a model: compiling takes time that nothing can end."""
MAX_SPIKES = 500
MAX_TIME = 10_000.0
"""The latest spike of a train that a user gives, in ms."""
MAX_WORK = 2e8
"""Steps of a run times its synapses."""
MAX_SECONDS = 10.0
"""Of a run that answers a slider or a text; experiments may take as long as they take, and are cancelled by hand."""
MAX_NUMBER = 1e12


class Stopped(Exception):
    """A run was cancelled."""


def check_text(text: str, what: str) -> str:
    """The text. Raises EquationError (E106) for one that is too long."""
    if len(text) > MAX_TEXT:
        raise EquationError(Code.TOO_LARGE, "the text is too long for this page", where=what, expected=f"≤ {MAX_TEXT} characters")
    return text


def check_number(value: Any, what: str) -> float:
    """A finite number of a sensible size. Raises NetworkError (E401)."""
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not abs(number) <= MAX_NUMBER:
        raise NetworkError(
            Code.BAD_VALUE, f"{str(value)[:40]!r} is not a number to use here", where=what, expected="a finite number"
        )
    return number


def check_train(times: Any, what: str) -> tuple[float, ...]:
    """Spike times in ms, in ascending order. Raises NetworkError (E402)."""
    found = sorted({check_number(time, what) for time in times})
    if len(found) > MAX_SPIKES or (found and not (found[0] >= 0 and found[-1] <= MAX_TIME)):
        raise NetworkError(
            Code.BAD_SPIKE_TIMES,
            f"{len(found)} spikes from {found[0]:g} to {found[-1]:g} ms",
            where=what,
            expected=f"at most {MAX_SPIKES} spikes, from 0 to {MAX_TIME:g} ms",
        )
    return tuple(found)


def check_work(steps: float, synapses: int, what: str) -> None:
    """Raises SimulationError (E605) for a run that would take too long."""
    if not steps * synapses <= MAX_WORK:
        raise SimulationError(
            Code.NO_ROOM,
            f"{steps:.3g} steps of {synapses} synapses are too many for this page",
            where=what,
            expected=f"at most {MAX_WORK:.0e} steps of a synapse",
            hint="a larger time step, or bt.protocols in a script of your own",
        )


@contextmanager
def bounded(seconds: float = MAX_SECONDS) -> Iterator[None]:
    """Runs within this context may take so long in all. Raises SimulationError (E605) where they do not end in time."""
    end = time.perf_counter() + seconds

    def watch(*_: Any) -> None:
        if time.perf_counter() > end:
            raise SimulationError(
                Code.NO_ROOM, f"the run took more than {seconds:g} s", where="bouton explore", expected="a shorter one"
            )

    with watching(watch):
        yield


@contextmanager
def cancellable(told: Callable[[float, float], None], is_cancelled: Callable[[], bool]) -> Iterator[None]:
    """Runs within this context tell how far they are, in seconds of the model, and end (Stopped) once they are cancelled."""

    def watch(simulation: Any, done: int, steps: int) -> None:
        if is_cancelled():
            raise Stopped
        told(done * simulation.dt, steps * simulation.dt)

    with watching(watch):
        yield


def explained(error: Exception) -> str:
    """What is said of a refusal; of an error that nobody foresaw its kind only, since its text may name files of this machine."""
    if isinstance(error, BoutonError):
        return error.render()
    return f"This did not work ({type(error).__name__}). It is a fault of bouton: please report what you did."
