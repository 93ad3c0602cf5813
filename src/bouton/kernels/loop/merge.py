"""The spikes that all threads have emitted, in a ring of each."""

# mypy: ignore-errors
from __future__ import annotations

from bouton.kernels.slots import i4_at, i4_put, kernel

OWN = 11
"""Where in the table the further rings begin, four numbers each."""


@kernel
def merge(step, clock, dt, age, group, table):
    """Copy the lists of all threads into the ring of this one, and what is its own into further rings.

    ``table``: of the ring its mask, its spikes, its counts and its width, then where the threads' lists of spikes and
    their counts lie, the weights of ring and lists and how many words one has, the number of further rings, and that of
    threads; then of each further ring its spikes, its counts and the range of numbers that it takes.
    """
    now, ring, width, parts = step & table[0], table[1], table[3], table[10]
    out, new = now * width, step & 1
    for other in range(parts):
        row_of = table[4] + 8 * width * other
        for place in range(i4_at(table[5] + 8 * other, new)):
            i4_put(ring, out, i4_at(row_of, new * width + place))
            for word in range(table[8]):  # of the weight of this spike
                given = i4_at(table[7], (2 * width * other + new * width + place) * table[8] + word)
                i4_put(table[6], out * table[8] + word, given)
            out += 1
    i4_put(table[2], now, out - now * width)
    for at in range(OWN, OWN + 4 * table[9], 4):
        low, high, count = table[at + 2], table[at + 3], 0
        for place in range(now * width, out):
            if low <= i4_at(ring, place) < high:
                i4_put(table[at], now * width + count, i4_at(ring, place))
                count += 1
        i4_put(table[at + 1], now, count)
