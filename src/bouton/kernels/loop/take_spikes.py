"""Spikes and numbers of spikes for recorders; see `bouton.backends.memory.Taps`."""

# mypy: ignore-errors
from __future__ import annotations

from bouton.kernels.slots import i4, i8, kernel, size


@kernel
def take_spikes(step, begin, dt, position, group, taps):
    """Copy the spikes of a step from rings to the buffers, and how many there were."""
    state, spikes, found, steps, indices = i4(taps, 1), i8(taps, 8), i8(taps, 9), i8(taps, 10), i8(taps, 11)
    rates, counts = i8(taps, 12), i8(taps, 13)
    for at in range(0, size(taps, 8), 6):
        now = step & spikes[at + 3]
        ring = spikes[at] + now * spikes[at + 2]
        out = spikes[at + 4] + found[at // 6]
        count = state[spikes[at + 1] + now]
        for place in range(count):
            steps[out + place] = step
            indices[out + place] = state[ring + place]
        found[at // 6] += count
    for at in range(0, size(taps, 12), 3):
        counts[rates[at + 2] + step - begin] = state[rates[at] + (step & rates[at + 1])]
