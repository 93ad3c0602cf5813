"""Times on the grid of the simulation: whole numbers of steps, or a refusal."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bouton.errors import BoutonError, Code, NetworkError, SimulationError

TOLERANCE = 1e-6
"""How far from a whole number of steps a time may be, in steps."""


LARGEST = 2**31 - 1
"""The last step: steps are kept in 32 bits."""


def to_steps(seconds: Any, dt: float, what: str, where: str, *, least: int = 0) -> NDArray[np.int64]:
    """Times in seconds as whole steps, same shape.

    Raises NetworkError: E404 (below ``least`` steps, or beyond all steps), E403 (not on the grid).
    """
    exact = np.asarray(seconds, dtype=np.float64) / dt
    if least == 0 and not exact.any():  # most delays
        return np.zeros(exact.shape, dtype=np.int64)
    steps = np.rint(exact)
    low, high = ~(exact >= least - TOLERANCE), exact > LARGEST
    if low.any() or high.any():
        value = float(np.asarray(seconds)[low | high].flat[0]) * 1e3
        bound = "0 ms" if least == 0 else f"{least * dt * 1e3:g} ms (dt)"
        expected = f"at least {bound}" if low.any() else f"at most {LARGEST * dt:g} s"
        raise NetworkError(Code.BAD_DELAY, f"{what} is {value:g} ms", where=where, expected=expected)
    off = np.abs(exact - steps) > TOLERANCE * np.maximum(1.0, np.abs(exact))
    if off.any():
        value = float(np.asarray(seconds)[off].flat[0]) * 1e3
        raise NetworkError(
            Code.OFF_GRID,
            f"{what} is {value:g} ms",
            where=where,
            expected=f"a multiple of dt = {dt * 1e3:g} ms",
            hint=f"{float(steps[off].flat[0]) * dt * 1e3:g} ms",
        )
    return steps.astype(np.int64)


def duration_steps(seconds: float, dt: float, what: str, where: str = "Simulation.run") -> int:
    """A duration in steps. Raises SimulationError (E601) if it is not a multiple of dt of at least 0."""
    try:
        return int(to_steps(seconds, dt, what, where))
    except BoutonError as error:
        raise SimulationError(Code.BAD_TIME, error.message, where=where, expected=error.expected, hint=error.hint) from None
