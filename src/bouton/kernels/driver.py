"""The loop over the steps of any plan. What it does in a step is a table that `bouton.backends.numba_cpu.program` makes.

A row of ``ops`` is (what, kernel, slots, clock, a, b, c) with addresses of a kernel and of its table of slots:

- CALL: call the kernel; EVERY: if the step and ``b`` make a multiple of the number at ``a``; REACHED: if events came
  before; WHEN: if the number at ``a`` is not 0.
- AGES: for each of ``a`` ages at ``kernel`` call the next ``slots`` rows, the EVENTs, those whose group of that age, at
  ``a``, is not negative and for whose ring (counts at ``b``, mask at ``c``) something spiked that long ago.
- SPIKES, SAMPLES: fill the buffers of `bouton.backends.memory.Taps`; ``kernel`` is the position in the step.
- WAIT: go on when all threads are here; only if samples are due at the position ``kernel``, unless that is negative.
- MERGE: copy the spikes that all parts have emitted into rings, as the table at ``kernel`` says.

Several threads run this loop at once, each for its part and with a table of its own; the tables have the same waits. The
first fills the buffers. ``taps`` end with the address of what threads share (three lines of memory: how many are waiting,
how often all have waited, before which step to stop) and their number, and the address of a function that gives the
processor to others and the number of this thread.

If the last of the taps, ``meter``, is not empty, it gets for each row cycles, calls and spikes. After it comes the arena of
state in single precision; samples are taken there if it is not empty.
"""

# mypy: ignore-errors
from __future__ import annotations

from numba import cfunc, types

from bouton.kernels.slots import (
    add_at,
    address,
    call,
    f4,
    f8,
    give_way,
    i4,
    i4_at,
    i4_put,
    i8,
    i8_at,
    i8_now,
    i8_put,
    size,
    ticks,
)

CALL, EVERY, REACHED, AGES, EVENT, SPIKES, SAMPLES, WHEN, WAIT, MERGE = range(10)
WAITING, ROUNDS, STOP = 0, 8, 16
PATIENCE = 2000
WIDTH, METERED = 7, 3
_TABLE = types.CPointer(types.int64)


@cfunc(types.int64(types.int64, types.int64, types.float64, _TABLE, types.int64, _TABLE), error_model="numpy")
def advance(begin, stop, dt, ops, length, taps):
    """Run the steps from ``begin`` to ``stop``; returns the step reached, before which a buffer might overflow."""
    state_f8, state_i4, log_i4, positions = f8(taps, 0), i4(taps, 1), i4(taps, 2), i8(taps, 3)
    samples, elements, sample_rows, sample_values = i8(taps, 4), i8(taps, 5), i8(taps, 6), f8(taps, 7)
    spikes, spike_counts, spike_steps, spike_indices = i8(taps, 8), i8(taps, 9), i8(taps, 10), i8(taps, 11)
    rates, rate_counts, logs = i8(taps, 12), i8(taps, 13), i8(taps, 14)
    end_spikes, end_rates, end_logs = size(taps, 8), size(taps, 12), size(taps, 14)
    meter, timed, before = i8(taps, 15), size(taps, 15) > 0, 0
    state_f4, single = f4(taps, 16), size(taps, 16) > 0
    shared, parts, relax, part = address(taps, 17), size(taps, 17), address(taps, 18), size(taps, 18)
    first_of_all = part == 0
    ahead = 1 if parts == 1 else 2  # other threads learn within the next step that this one wants to stop
    step = begin
    while step < stop:
        short = False
        for at in range(0, end_spikes, 6):
            short |= spikes[at + 5] - spike_counts[at // 6] < ahead * spikes[at + 2]
        for at in range(0, end_logs, 3):
            short |= logs[at + 1] - log_i4[logs[at] + part] < ahead * logs[at + 2]
        if short:
            if parts == 1:
                return step
            i8_put(shared, STOP, step + 1)
        reached = False
        op = 0
        while op < length:
            what, row_op = ops[op], op
            if timed:
                before = ticks()
            if (
                what == CALL
                or (what == EVERY and (step + ops[op + 5]) % i8_at(ops[op + 4], 0) == 0)
                or (what == REACHED and reached)
                or (what == WHEN and i4_at(ops[op + 4], 0) != 0)
            ):
                call(ops[op + 1], step, step + ops[op + 3], dt, 0, 0, ops[op + 2])
                if timed:
                    meter[row_op // WIDTH * METERED + 1] += 1
            elif what == SAMPLES and first_of_all:
                if timed:
                    meter[op // WIDTH * METERED + 1] += 1
                for row in range(positions[ops[op + 1]], positions[ops[op + 1] + 1]):
                    at = 5 * row
                    if (step + samples[at + 1]) % samples[at] == 0:
                        first = samples[at + 2]
                        count = samples[at + 3] - first
                        out = samples[at + 4] + sample_rows[row] * count
                        for place in range(count):
                            at_hand = elements[first + place]
                            sample_values[out + place] = state_f4[at_hand] if single else state_f8[at_hand]
                        sample_rows[row] += 1
            elif what == SPIKES and first_of_all:
                if timed:
                    meter[op // WIDTH * METERED + 1] += 1
                for at in range(0, end_spikes, 6):
                    now = step & spikes[at + 3]
                    ring = spikes[at] + now * spikes[at + 2]
                    out = spikes[at + 4] + spike_counts[at // 6]
                    count = state_i4[spikes[at + 1] + now]
                    for place in range(count):
                        spike_steps[out + place] = step
                        spike_indices[out + place] = state_i4[ring + place]
                    spike_counts[at // 6] += count
                for at in range(0, end_rates, 3):
                    rate_counts[rates[at + 2] + step - begin] = state_i4[rates[at] + (step & rates[at + 1])]
            elif what == AGES:
                reached = False
                events = op + WIDTH * (1 + ops[op + 2])
                for oldest in range(ops[op + 4]):
                    age = i8_at(ops[op + 1], oldest)
                    for at in range(op + WIDTH, events, WIDTH):
                        group = i8_at(ops[at + 4], oldest)
                        if group >= 0 and i4_at(ops[at + 5], (step - age) & i8_at(ops[at + 6], 0)) > 0:
                            if timed:
                                before = ticks()
                            call(ops[at + 1], step, step + ops[at + 3], dt, age, group, ops[at + 2])
                            reached = True
                            if timed:
                                place = at // WIDTH * METERED
                                meter[place] += ticks() - before
                                meter[place + 1] += 1
                                meter[place + 2] += i4_at(ops[at + 5], (step - age) & i8_at(ops[at + 6], 0))
                op = events - WIDTH
            elif what == WAIT:
                position = ops[op + 1]
                due = position < 0
                if position >= 0:
                    for row in range(positions[position], positions[position + 1]):
                        due |= (step + samples[5 * row + 1]) % samples[5 * row] == 0
                if due:
                    rounds = i8_now(shared, ROUNDS)
                    if add_at(shared, WAITING, 1) == parts - 1:
                        i8_put(shared, WAITING, 0)
                        add_at(shared, ROUNDS, 1)
                    patience = PATIENCE
                    while i8_now(shared, ROUNDS) == rounds:
                        patience -= 1
                        if patience < 0:
                            give_way(relax)
            elif what == MERGE:
                table = ops[op + 1]
                now, ring, width = step & i8_at(table, 0), i8_at(table, 1), i8_at(table, 3)
                out, new = now * width, step & 1
                for other in range(parts):
                    row_of = i8_at(table, 4) + 8 * width * other
                    for place in range(i4_at(i8_at(table, 5) + 8 * other, new)):
                        i4_put(ring, out, i4_at(row_of, new * width + place))
                        for word in range(i8_at(table, 8)):  # of the weight of this spike
                            given = i4_at(i8_at(table, 7), (2 * width * other + new * width + place) * i8_at(table, 8) + word)
                            i4_put(i8_at(table, 6), out * i8_at(table, 8) + word, given)
                        out += 1
                i4_put(i8_at(table, 2), now, out - now * width)
                for at in range(10, 10 + 4 * i8_at(table, 9), 4):
                    low, high, count = i8_at(table, at + 2), i8_at(table, at + 3), 0
                    for place in range(now * width, out):
                        if low <= i4_at(ring, place) < high:
                            i4_put(i8_at(table, at), now * width + count, i4_at(ring, place))
                            count += 1
                    i4_put(i8_at(table, at + 1), now, count)
            if timed and what != AGES:
                meter[row_op // WIDTH * METERED] += ticks() - before
            op += WIDTH
        step += 1
        if parts > 1 and step >= i8_now(shared, STOP):
            return step
    return stop
