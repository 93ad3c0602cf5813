"""Times on the grid of the simulation: whole numbers of steps, or a refusal."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bouton.errors import BoutonError, Code, NetworkError, SimulationError

TOLERANCE = 1e-6
"""How far from a whole number of steps a time may be, in steps."""


def to_steps(seconds: Any, dt: float, what: str, where: str, *, least: int = 0) -> NDArray[np.int64]:
    """Times in seconds as whole steps, same shape.

    Raises NetworkError: E404 (below ``least`` steps), E403 (not on the grid).
    """
    exact = np.asarray(seconds, dtype=np.float64) / dt
    steps = np.rint(exact)
    low = ~(exact >= least - TOLERANCE)
    if low.any():
        value = float(np.asarray(seconds)[low].flat[0]) * 1e3
        bound = "0 ms" if least == 0 else f"{least * dt * 1e3:g} ms (dt)"
        raise NetworkError(Code.BAD_DELAY, f"{what} is {value:g} ms", where=where, expected=f"at least {bound}")
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


def duration_steps(seconds: float, dt: float, what: str) -> int:
    """A duration in steps. Raises SimulationError (E601) if it is not a positive multiple of dt."""
    if not (np.isfinite(seconds) and seconds >= 0):
        raise SimulationError(Code.BAD_TIME, f"{what} is {seconds} s", where="Simulation.run", expected="a time of at least 0")
    try:
        return int(to_steps(seconds, dt, what, "Simulation.run"))
    except BoutonError as error:
        raise SimulationError(
            Code.BAD_TIME, error.message, where="Simulation.run", expected=error.expected, hint=error.hint
        ) from None
