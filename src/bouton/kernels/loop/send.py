"""How a thread tells the others which of its neurons spiked: a letter.

A letter is a stamp, then for each population how many neurons of the thread spiked, their numbers, and the weights of their
spikes. Its first line holds most of what there is to say in a step, so that one line of memory that goes from one processor to
another both lets threads go on and tells them what they need. There are two letters of each thread, for even and odd
steps: who writes the next but one has been told by all that they have read this one. `receive` reads them.
"""

# mypy: ignore-errors
from __future__ import annotations

from bouton.kernels.slots import i4_at, i4_put, i8_release, kernel

GIVEN = 6
"""Where in the table the populations begin."""
STAMP = 2
"""Numbers of four bytes that a letter begins with."""


@kernel
def send(step, clock, dt, age, group, table):
    """Write this thread's letter of the step.

    ``table``: the number of populations, that of threads and which one this is, where letters lie, how many bytes one has, and
    the address of a function that gives the processor to others. Then of each population how many numbers follow; where the
    list of spikes of this thread, their count and weights are, and how many words a weight has; and what `receive` needs.
    """
    mine = table[3] + (2 * table[2] + (step & 1)) * table[4]
    at, given = STAMP, GIVEN
    for _ in range(table[0]):
        count, words = i4_at(table[given + 2], 0), table[given + 4]
        i4_put(mine, at, count)
        at += 1
        for place in range(count):
            i4_put(mine, at + place, i4_at(table[given + 1], place))
        at += count
        for place in range(count * words):
            i4_put(mine, at + place, i4_at(table[given + 3], place))
        at += count * words
        given += table[given]
    i8_release(mine, 0, step + 1)
