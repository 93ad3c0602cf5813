"""Samples of variables for recorders: `bouton.backends.memory.Taps` says which are due at a position of the step."""

# mypy: ignore-errors
from __future__ import annotations

from bouton.kernels.slots import f4, f8, i8, kernel, size


@kernel
def take_samples(step, begin, dt, position, group, taps):
    """Copy what is due at a position from state to the buffers."""
    state_f8, state_f4, single = f8(taps, 0), f4(taps, 16), size(taps, 16) > 0
    positions, samples, elements, rows, values = i8(taps, 3), i8(taps, 4), i8(taps, 5), i8(taps, 6), f8(taps, 7)
    for row in range(positions[position], positions[position + 1]):
        at = 5 * row
        if (step + samples[at + 1]) % samples[at] == 0:
            first = samples[at + 2]
            count = samples[at + 3] - first
            out = samples[at + 4] + rows[row] * count
            for place in range(count):
                element = elements[first + place]
                values[out + place] = state_f4[element] if single else state_f8[element]
            rows[row] += 1
