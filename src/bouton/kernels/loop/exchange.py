"""Where all threads meet in a step, and give one another the spikes of their neurons.

Each thread writes a letter: a stamp, then for each population how many of its own neurons spiked, their numbers, and the
weights of their spikes. The first line of a letter holds most of what there is to say in a step, so that one line of memory that
goes from one processor to another both lets threads go on and tells them what they need. There are two letters of each thread,
for even and odd steps: who writes the next but one has been told by all that they have read this one.
"""

# mypy: ignore-errors
from __future__ import annotations

from bouton.kernels.functions import until
from bouton.kernels.slots import i4_at, i4_put, i8_release, kernel, own_line

GIVEN, OWN = 6, 10
"""Where in the table the populations begin, and in one of them the further rings, four numbers each."""
STAMP = 2
"""Numbers of four bytes that a letter begins with."""


@kernel
def exchange(step, clock, dt, age, group, table):
    """Write a letter, wait for those of the others, and file all spikes in the order of threads.

    ``table``: the number of populations, that of threads and which one this is, where letters lie, how many bytes one has, and
    the address of a function that gives the processor to others. Then of each population: where the list of its spikes, their
    count and weights are, and how many words a weight has; of its ring the mask, spikes, counts, weights and width;
    the number of all these; and of each further ring its spikes, its counts and the range of numbers that it takes.
    """
    populations, parts, part, letters, length = table[0], table[1], table[2], table[3], table[4]
    mine = letters + (2 * part + (step & 1)) * length
    at, given = STAMP, GIVEN
    for _ in range(populations):
        words, count = table[given + 3], i4_at(table[given + 1], 0)
        i4_put(mine, at, count)
        at += 1
        for place in range(count):
            i4_put(mine, at + place, i4_at(table[given], place))
        at += count
        for place in range(count * words):
            i4_put(mine, at + place, i4_at(table[given + 2], place))
        at += count * words
        i4_put(table[given + 6], step & table[given + 4], 0)
        for own in range(given + OWN, given + table[given + 9], 4):
            i4_put(table[own + 1], step & table[given + 4], 0)
        given += table[given + 9]
    i8_release(mine, 0, step + 1)
    for other in range(parts):
        letter = letters + (2 * other + (step & 1)) * length
        until(letter, 0, step + 1, table[5])
        at, given = STAMP, GIVEN
        for _ in range(populations):
            words, now, width = table[given + 3], step & table[given + 4], table[given + 8]
            count, found = i4_at(letter, at), i4_at(table[given + 6], now)
            at += 1
            for place in range(count):
                i4_put(table[given + 5], now * width + found + place, i4_at(letter, at + place))
            for own in range(given + OWN, given + table[given + 9], 4):
                low, high, kept = table[own + 2], table[own + 3], i4_at(table[own + 1], now)
                for place in range(at, at + count):
                    if low <= i4_at(letter, place) < high:
                        i4_put(table[own], now * width + kept, i4_at(letter, place))
                        kept += 1
                i4_put(table[own + 1], now, kept)
            at += count
            for place in range(count * words):
                i4_put(table[given + 7], (now * width + found) * words + place, i4_at(letter, at + place))
            at += count * words
            i4_put(table[given + 6], now, found + count)
            given += table[given + 9]
    own_line(letters + (2 * part + 1 - (step & 1)) * length)
