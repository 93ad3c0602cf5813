"""Where all threads meet in a step: each reads the letters of all, and files their spikes in the order of threads."""

# mypy: ignore-errors
from __future__ import annotations

from bouton.kernels.functions import until
from bouton.kernels.slots import i4_at, i4_put, kernel, own_line

GIVEN, RANGES, RANGE = 6, 13, 5
"""Where in the table the populations begin, and in one of them the rings of ranges, and how many numbers each of these has."""
STAMP = 2
"""Numbers of four bytes that a letter begins with."""


@kernel
def receive(step, clock, dt, age, group, table):
    """Wait for each letter of the step, and file what is in it.

    ``table`` begins as for `send`. A population goes on with its ring: mask, spikes, counts, weights and width; with the
    list of the spikes of later threads, their count and weights; and with each ring of the spikes whose numbers are in a
    range: its spikes, its counts, the range, and whether it is that of this thread's own spikes.
    """
    populations, parts, part, letters, length = table[0], table[1], table[2], table[3], table[4]
    given = GIVEN
    for _ in range(populations):
        now = step & table[given + 5]
        i4_put(table[given + 7], now, 0)
        i4_put(table[given + 11], 0, 0)
        for ring in range(given + RANGES, given + table[given], RANGE):
            i4_put(table[ring + 1], now, 0)
        given += table[given]
    for other in range(parts):
        letter = letters + (2 * other + (step & 1)) * length
        until(letter, 0, step + 1, table[5])
        at, given = STAMP, GIVEN
        for _ in range(populations):
            words, now, width = table[given + 4], step & table[given + 5], table[given + 9]
            count, found = i4_at(letter, at), i4_at(table[given + 7], now)
            numbers, weights = at + 1, at + 1 + count
            at = weights + count * words
            for place in range(count):
                i4_put(table[given + 6], now * width + found + place, i4_at(letter, numbers + place))
            for place in range(count * words):
                i4_put(table[given + 8], (now * width + found) * words + place, i4_at(letter, weights + place))
            i4_put(table[given + 7], now, found + count)
            if other > part:
                later = i4_at(table[given + 11], 0)
                for place in range(count):
                    i4_put(table[given + 10], later + place, i4_at(letter, numbers + place))
                for place in range(count * words):
                    i4_put(table[given + 12], later * words + place, i4_at(letter, weights + place))
                i4_put(table[given + 11], 0, later + count)
            for ring in range(given + RANGES, given + table[given], RANGE):
                if table[ring + 4] != 0 and other != part:
                    continue
                low, high, kept = table[ring + 2], table[ring + 3], i4_at(table[ring + 1], now)
                for place in range(numbers, weights):
                    if low <= i4_at(letter, place) < high:
                        i4_put(table[ring], now * width + kept, i4_at(letter, place))
                        kept += 1
                i4_put(table[ring + 1], now, kept)
            given += table[given]
    own_line(letters + (2 * part + 1 - (step & 1)) * length)
