"""Sources of spikes, as text: printed into kernels like those of models; the meaning is in `bouton.backends.reference.builtins`.

Arguments are the scalars ``step`` and ``dt`` and then the slots of the call.
"""

# mypy: ignore-errors
from __future__ import annotations

import math

from bouton.kernels.functions import minimum
from bouton.kernels.random import next_spike


def emit_times(step, dt, times, trains, cursor, spikes, counts, width, mask, last):
    """Spikes at given times."""
    row = step & mask
    counts[row] = 0
    at = cursor[0]
    while at < times.size and times[at] <= step:
        if times[at] == step:
            spikes[row * width + counts[row]] = trains[at]
            counts[row] += 1
            last[trains[at]] = step
        at += 1
    cursor[0] = at


def emit_weighted_times(step, dt, times, trains, cursor, spikes, counts, width, mask, last, given_weights, weights):
    """Spikes at given times, each with a weight."""
    row = step & mask
    counts[row] = 0
    at = cursor[0]
    while at < times.size and times[at] <= step:
        if times[at] == step:
            spikes[row * width + counts[row]] = trains[at]
            weights[row * width + counts[row]] = given_weights[at]
            counts[row] += 1
            last[trains[at]] = step
        at += 1
    cursor[0] = at


def emit_poisson(
    step, dt, n, rates, bin_steps, bins, per_bin, key, version, upcoming, number, progress, wheel, link,
    spikes, counts, width, mask, last,
):  # fmt: skip
    """Poisson trains, each in the list of a wheel's place that its next spike falls on; ``progress`` holds the epoch."""
    row = step & mask
    counts[row] = 0
    now = minimum(step // bin_steps, bins - 1)
    epoch = version + now
    if progress[0] != epoch:
        progress[0] = epoch
        for place in range(wheel.size):
            wheel[place] = -1
        for train in range(n):
            number[train] = 0
            upcoming[train] = next_spike(step - 1, dt, train, rates, now, per_bin, key, number, epoch)
            place = upcoming[train] & (wheel.size - 1)
            link[train] = wheel[place]
            wheel[place] = train
    train = wheel[step & (wheel.size - 1)]
    wheel[step & (wheel.size - 1)] = -1
    while train >= 0:
        following = link[train]
        if upcoming[train] == step:
            place = row * width + counts[row]
            while place > row * width and spikes[place - 1] > train:  # in the order of trains
                spikes[place] = spikes[place - 1]
                place -= 1
            spikes[place] = train
            counts[row] += 1
            last[train] = step
            upcoming[train] = next_spike(step, dt, train, rates, now, per_bin, key, number, epoch)
        place = upcoming[train] & (wheel.size - 1)
        link[train] = wheel[place]
        wheel[place] = train
        train = following


def emit_regular(step, dt, n, period, start, number, spikes, counts, width, mask, last):
    """Regular trains, each spike on the step nearest to its time."""
    row = step & mask
    counts[row] = 0
    for train in range(n):
        due = math.floor((start[train] + number[train] * period[train]) / dt + 0.5)
        if due == step:
            spikes[row * width + counts[row]] = train
            counts[row] += 1
            last[train] = step
            number[train] += 1


def copy_values(step, dt, values, copy):
    """Copy one slot to another."""
    for i in range(values.size):
        copy[i] = values[i]
