"""What recorders take out of a run, compiled; tables and buffers are described in `bouton.backends.memory.Taps`."""

# mypy: disable-error-code="no-untyped-def"

# ruff: noqa: SIM110  (loops are what Numba compiles best)
from __future__ import annotations

from typing import Any

from numba import njit

# Only compiled programs call these: wrappers for Python would cost a third of the compilation.
_OPTIONS: Any = {"cache": True, "error_model": "numpy", "nogil": True, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
_called = njit(**_OPTIONS)


@_called
def is_full(spikes, spike_counts, logs, log_i4):
    """True if a buffer might not hold what the next step brings."""
    for row in range(spikes.shape[0]):
        if spikes[row, 5] - spike_counts[row] < spikes[row, 2]:
            return True
    for row in range(logs.shape[0]):
        if logs[row, 1] - log_i4[logs[row, 0]] < logs[row, 2]:
            return True
    return False


@_called
def take_samples(from_row, to_row, step, samples, elements, sample_rows, sample_values, state_f8):
    """Copy the sampled elements of variables that are due now, of the rows of one position in the step."""
    for row in range(from_row, to_row):
        if (step + samples[row, 1]) % samples[row, 0] == 0:
            begin, end = samples[row, 2], samples[row, 3]
            out = samples[row, 4] + sample_rows[row] * (end - begin)
            for place in range(end - begin):
                sample_values[out + place] = state_f8[elements[begin + place]]
            sample_rows[row] += 1


@_called
def take_spikes(step, first, spikes, spike_counts, spike_steps, spike_indices, rates, rate_counts, state_i4):
    """Copy this step's spikes, or their number, of the recorded populations."""
    for row in range(spikes.shape[0]):
        at = step & spikes[row, 3]
        ring = spikes[row, 0] + at * spikes[row, 2]
        out = spikes[row, 4] + spike_counts[row]
        count = state_i4[spikes[row, 1] + at]
        for place in range(count):
            spike_steps[out + place] = step
            spike_indices[out + place] = state_i4[ring + place]
        spike_counts[row] += count
    for row in range(rates.shape[0]):
        rate_counts[rates[row, 2] + step - first] = state_i4[rates[row, 0] + (step & rates[row, 1])]
