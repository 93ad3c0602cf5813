"""Sources of spikes, compiled; the meaning is in `bouton.backends.reference.builtins`."""

# mypy: disable-error-code="no-untyped-def"
from __future__ import annotations

import math
from typing import Any

from numba import njit

from bouton.kernels.random import geometric, uniform

# Only compiled programs call these: wrappers for Python would cost a third of the compilation.
_OPTIONS: Any = {"cache": True, "error_model": "numpy", "nogil": True, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
_called = njit(**_OPTIONS)
LATEST = 2**31 - 1


@_called
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


@_called
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


@_called
def _upcoming(step, dt, train, rates, now, per_bin, key, number, epoch):
    """The step of a train's next spike after ``step``."""
    p = rates[now * per_bin + (train if per_bin > 1 else 0)] * dt
    u = 1.0 - uniform(key[0], key[1], train, number[train], epoch)
    number[train] += 1
    return min(step + geometric(u, p), LATEST)


@_called
def emit_poisson(
    step, dt, n, rates, bin_steps, bins, per_bin, key, version, upcoming, number, progress,
    spikes, counts, width, mask, last,
):  # fmt: skip
    """Poisson trains; ``progress`` holds the epoch and the next step at which anything happens."""
    row = step & mask
    counts[row] = 0
    if step < progress[1]:
        return
    now = min(step // bin_steps, bins - 1)
    epoch = version + now
    if progress[0] != epoch:
        progress[0] = epoch
        for train in range(n):
            number[train] = 0
            upcoming[train] = _upcoming(step - 1, dt, train, rates, now, per_bin, key, number, epoch)
    soonest = LATEST if now == bins - 1 else (now + 1) * bin_steps
    for train in range(n):
        if upcoming[train] == step:
            spikes[row * width + counts[row]] = train
            counts[row] += 1
            last[train] = step
            upcoming[train] = _upcoming(step, dt, train, rates, now, per_bin, key, number, epoch)
        soonest = min(soonest, upcoming[train])
    progress[1] = soonest


@_called
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


@_called
def copy_values(step, dt, values, copy):
    """Copy one slot to another."""
    for i in range(values.size):
        copy[i] = values[i]
