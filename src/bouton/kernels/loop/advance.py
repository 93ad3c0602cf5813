"""The loop over the steps of any plan. What it does in a step is a table that `bouton.backends.numba_cpu.table` makes.

A row of ``ops`` is (what, kernel, slots, clock, a, b, c) with addresses of a kernel and of its table of slots:

- CALL: call the kernel; EVERY: if the step and ``b`` make a multiple of the number at ``a``; REACHED: if events came
  before; WHEN: if the number at ``a`` is not 0.
- AGES: for each of the ages at ``kernel``, from number ``clock`` up to ``a``, call the next ``slots`` rows, the EVENTs, those
  whose group of that age, at ``a``, is not negative and for whose ring (counts at ``b``, mask at ``c``) something spiked that
  long ago. If ``b`` of AGES is 0, no events came before.
- TAPS, WAIT: call the kernel, one of those beside this file, with ``taps`` in the place of slots, the step in which this
  stretch of the run began as its clock, and ``a`` as the age: the position in the step. LETTERS: call the kernel. Neither
  WAIT nor LETTERS is measured.

Several threads run this loop at once, each for its part and with a table of its own; the tables have the same waits.
``taps`` are those of `bouton.backends.memory.Taps`, with the arenas of state before them. They end with the address of what
threads share (three lines of memory: how many are waiting, how often all have waited, before which step to stop) and
their number, the address of a function that gives the processor to others and the number of this thread, and their
own address.

If ``meter``, one of the taps, is not empty, it gets for each row cycles, calls and spikes. After it comes the arena of
state in single precision; samples are taken there if it is not empty.
"""

# mypy: ignore-errors
from __future__ import annotations

from numba import cfunc, types

from bouton.kernels.slots import address, call, i4, i4_at, i8, i8_at, i8_now, i8_put, size, ticks

CALL, EVERY, REACHED, WHEN, AGES, EVENT, TAPS, WAIT, LETTERS = range(9)
STOP = 16
WIDTH, METERED = 7, 3
_TABLE = types.CPointer(types.int64)


@cfunc(types.int64(types.int64, types.int64, types.float64, _TABLE, types.int64, _TABLE), error_model="numpy")
def advance(begin, stop, dt, ops, length, taps):
    """Run the steps from ``begin`` to ``stop``; returns the step reached, before which a buffer might overflow."""
    log_i4, spikes, spike_counts, logs = i4(taps, 2), i8(taps, 8), i8(taps, 9), i8(taps, 14)
    end_spikes, end_logs = size(taps, 8), size(taps, 14)
    meter, timed, before = i8(taps, 15), size(taps, 15) > 0, 0
    shared, parts, part, taps_at = address(taps, 17), size(taps, 17), size(taps, 18), address(taps, 19)
    ahead = 1 if parts == 1 else 2  # other threads learn within the next step that this one wants to stop
    step = begin
    while step < stop:
        short = False
        for at in range(0, end_spikes, 6):
            short |= spikes[at + 5] - spike_counts[at // 6] < ahead * spikes[at + 2]
        for at in range(0, end_logs, 4):
            short |= logs[at + 2] - log_i4[logs[at] + part * logs[at + 1]] < ahead * logs[at + 3]
        if short:
            if parts == 1:
                return step
            i8_put(shared, STOP, step + 1)
        reached = False
        op = 0
        while op < length:
            what, row_op, calls = ops[op], op, 1
            if timed:
                before = ticks()
            if (
                what == CALL
                or (what == EVERY and (step + ops[op + 5]) % i8_at(ops[op + 4], 0) == 0)
                or (what == REACHED and reached)
                or (what == WHEN and i4_at(ops[op + 4], 0) != 0)
            ):
                call(ops[op + 1], step, step + ops[op + 3], dt, 0, 0, ops[op + 2])
            elif TAPS <= what <= WAIT:
                call(ops[op + 1], step, begin, dt, ops[op + 4], 0, taps_at)
                calls = 1 if what == TAPS else 0
            elif what == LETTERS:
                call(ops[op + 1], step, begin, dt, 0, 0, ops[op + 2])
                calls = 0
            elif what == AGES:
                reached &= ops[op + 5] != 0
                events = op + WIDTH * (1 + ops[op + 2])
                for oldest in range(ops[op + 3], ops[op + 4]):
                    age = i8_at(ops[op + 1], oldest)
                    for at in range(op + WIDTH, events, WIDTH):
                        group = i8_at(ops[at + 4], oldest)
                        if group < 0:
                            continue
                        count = i4_at(ops[at + 5], (step - age) & i8_at(ops[at + 6], 0))
                        if count > 0:
                            if timed:
                                before = ticks()
                            call(ops[at + 1], step, step + ops[at + 3], dt, age, group, ops[at + 2])
                            reached = True
                            if timed:
                                place = at // WIDTH * METERED
                                meter[place] += ticks() - before
                                meter[place + 1] += 1
                                meter[place + 2] += count
                op = events - WIDTH
                calls = 0
            else:
                calls = 0
            if timed and calls > 0:
                meter[row_op // WIDTH * METERED] += ticks() - before
                meter[row_op // WIDTH * METERED + 1] += 1
            op += WIDTH
        step += 1
        if parts > 1 and step >= i8_now(shared, STOP):
            return step
    return stop
