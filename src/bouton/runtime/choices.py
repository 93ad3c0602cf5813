"""What a simulation may be asked for: its backend, precision, seed and threads."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from bouton.backends.program import AbstractProgram
from bouton.errors import Code, SimulationError, nearest, one_of
from bouton.plan.plan import Plan

BACKENDS = ("cpu", "reference")
PRECISIONS = ("double", "single")
MOST_THREADS = 1024


def check_backend(backend: str, precision: str) -> None:
    """Raises SimulationError (E401) unless there is such a backend, and it has such a precision."""
    _check_choice(backend, BACKENDS, "a backend")
    _check_choice(precision, PRECISIONS, "a precision")
    if backend == "reference" and precision != "double":
        raise SimulationError(
            Code.BAD_VALUE,
            f"the interpreter has no {precision} precision",
            where="Simulation",
            expected="precision='double', or backend='cpu'",
        )


def _check_choice(given: str, choices: tuple[str, ...], what: str) -> None:
    if given not in choices:
        raise SimulationError(
            Code.BAD_VALUE,
            f"{given!r} is not {what}",
            where="Simulation",
            expected=one_of(choices),
            hint=nearest(given, choices),
        )


def whole_seed(seed: Any) -> int:
    """The seed. Raises SimulationError (E401) unless it is a whole number."""
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
        raise SimulationError(Code.BAD_VALUE, f"the seed is {seed!r:.40}", where="Simulation", expected="a whole number")
    return int(seed)


def number_of_threads(threads: Any) -> int:
    """The number of threads. Raises SimulationError (E401) for one that makes no sense."""
    if isinstance(threads, bool) or not isinstance(threads, (int, np.integer)) or not 1 <= threads <= MOST_THREADS:
        raise SimulationError(
            Code.BAD_VALUE,
            f"{threads!r:.40} threads",
            where="Simulation",
            expected=f"a whole number from 1 to {MOST_THREADS}",
            hint=f"threads={os.cpu_count() or 1}: this machine has as many",
        )
    return int(threads)


def make_program(backend: str, plan: Plan) -> AbstractProgram:
    """A plan made runnable by a backend, which is imported only then."""
    if backend == "reference":
        from bouton.backends.reference.program import ReferenceProgram

        return ReferenceProgram(plan)
    from bouton.backends.numba_cpu.program import NumbaProgram

    return NumbaProgram(plan)
