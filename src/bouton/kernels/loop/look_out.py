"""Asking for the letters of other threads ahead of time: a line of memory takes long from one processor to another."""

# mypy: ignore-errors
from __future__ import annotations

from bouton.kernels.slots import kernel, near_line


@kernel
def look_out(step, clock, dt, age, group, table):
    """Ask for the first line of each letter of the step; ``table`` is that of `send`."""
    for other in range(table[1]):
        if other != table[2]:
            near_line(table[3] + (2 * other + (step & 1)) * table[4])
