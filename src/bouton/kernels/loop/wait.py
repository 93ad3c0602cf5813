"""Where threads wait for one another: a barrier that spins, and gives the processor to others after a while."""

# mypy: ignore-errors
from __future__ import annotations

from bouton.kernels.functions import until
from bouton.kernels.slots import add_at, address, i8, i8_now, i8_put, kernel, size

WAITING, ROUNDS = 0, 8


@kernel
def wait(step, begin, dt, position, group, taps):
    """Go on when all threads are here; only if samples are due at the position, unless that is negative."""
    positions, samples = i8(taps, 3), i8(taps, 4)
    shared, parts, relax = address(taps, 17), size(taps, 17), address(taps, 18)
    due = position < 0
    if position >= 0:
        for row in range(positions[position], positions[position + 1]):
            due |= (step + samples[5 * row + 1]) % samples[5 * row] == 0
    if due:
        rounds = i8_now(shared, ROUNDS)
        if add_at(shared, WAITING, 1) == parts - 1:
            i8_put(shared, WAITING, 0)
            add_at(shared, ROUNDS, 1)
        until(shared, ROUNDS, rounds + 1, relax)
