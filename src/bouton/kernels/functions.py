"""The functions of plans that Python's `math` lacks, compiled; see `bouton.backends.reference.functions`.

What is one or two instructions is printed as such: a function would be compiled, stored and read for itself.
"""

# mypy: ignore-errors
from __future__ import annotations

import math

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

from bouton.kernels.slots import apart, give_way, i8_now

SOON = 2**16
"""How many values ``soon`` has in `decay`: `bouton.plan.nodes.SOON`, as a number of this file, which cached kernels rest on."""
SUMMED = 7
"""How many entries `first_since` looks at: `bouton.plan.nodes.SUMMED`."""
_inlined = njit(cache=True, error_model="numpy", forceinline=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)


def _chosen(builder, kind, op, a, b):
    """``a if a op b else b``."""
    compare = builder.icmp_signed if kind == types.int64 else builder.fcmp_ordered
    return builder.select(compare(op, a, b), a, b)


def _kind(*arguments):
    if all(isinstance(a, types.Integer) for a in arguments):
        return types.int64
    return types.float32 if all(a == types.float32 for a in arguments) else types.float64


def _number_of(kind):
    @intrinsic
    def number(typing, x):
        return kind(x), lambda context, builder, signature, args: context.cast(builder, args[0], x, kind)

    return number


single, double, int32 = (_number_of(kind) for kind in (types.float32, types.float64, types.int32))
"""A number in that precision."""


@intrinsic
def _like(typing, x, number):
    """A number in the precision of ``x``."""
    kind = _kind(x, types.float32)
    return kind(x, number), lambda context, builder, signature, args: context.cast(builder, args[1], number, kind)


@intrinsic
def minimum(typing, a, b):
    """The smaller one; b if they are not ordered."""
    kind = _kind(a, b)
    return kind(kind, kind), lambda context, builder, signature, args: _chosen(builder, kind, "<", *args)


@intrinsic
def maximum(typing, a, b):
    """The larger one; b if they are not ordered."""
    kind = _kind(a, b)
    return kind(kind, kind), lambda context, builder, signature, args: _chosen(builder, kind, ">", *args)


@intrinsic
def clip(typing, x, low, high):
    """x moved into [low, high]."""
    kind = _kind(x, low, high)

    def generate(context, builder, signature, args):
        x, low, high = args
        return _chosen(builder, kind, "<", _chosen(builder, kind, ">", x, low), high)

    return kind(kind, kind, kind), generate


@intrinsic
def chosen(typing, condition, yes, no):
    """``yes if condition else no``, both evaluated: nothing to jump over."""
    kind = _kind(yes, no)
    return kind(types.boolean, kind, kind), lambda context, builder, signature, args: builder.select(*args)


@_inlined
def sign(x):
    """−1, 0 or 1."""
    one, zero = _like(x, 1.0), _like(x, 0.0)
    return one if x > zero else (-one if x < zero else zero)


@_inlined
def heaviside(x):
    """1 above 0, else 0."""
    zero = _like(x, 0.0)
    return _like(x, 1.0) if x > zero else zero


@_inlined
def floor(x):
    """The largest whole number not above x, as a float."""
    return _like(x, math.floor(x)) if math.isfinite(x) else x


def _expected(value):
    @intrinsic
    def expected(typing, condition):
        def generate(context, builder, signature, args):
            bit = ir.IntType(1)
            expect = builder.module.globals.get("llvm.expect.i1")
            expect = expect or ir.Function(builder.module, ir.FunctionType(bit, [bit, bit]), "llvm.expect.i1")
            return builder.call(expect, [args[0], bit(value)])

        return types.boolean(types.boolean), generate

    return expected


usually, rarely = _expected(True), _expected(False)
"""A condition, of which LLVM is told whether it mostly holds: what is seldom needed then takes no registers."""


@_inlined
def decay(n, soon, near, far, mask, shift, last):
    """exp(rate·n), of which ``soon`` has the first values."""
    if usually(n < SOON):
        return soon[n]
    return near[n & mask] * far[minimum(n >> shift, last)]


@_inlined
def pending(history, begin, count, since):
    """The first of ``count`` entries from ``begin`` on, in ascending order, that is not below ``since``."""
    at = begin + count
    while at > begin and history[at - 1] >= since:
        at -= 1
    return at


@intrinsic
def first_since(typing, recent, begin, since):
    """As `pending`, of `SUMMED` entries that are compared at once."""

    def generate(context, builder, signature, args):
        number, lanes = ir.IntType(32), ir.VectorType(ir.IntType(32), SUMMED + 1)
        pointer = builder.bitcast(builder.gep(args[0], [args[1]]), lanes.as_pointer())
        entries = apart(builder, builder.load(pointer, align=4), signature.args[0].number)
        one = builder.insert_element(ir.Constant(lanes, ir.Undefined), builder.trunc(args[2], number), number(0))
        none = ir.Constant(lanes, [2**31 - 1] * (SUMMED + 1))  # in the last place, which is never counted
        limit = builder.shuffle_vector(one, none, ir.Constant(lanes, [0] * SUMMED + [2 * SUMMED + 1]))
        new = builder.bitcast(builder.icmp_signed(">=", entries, limit), ir.IntType(SUMMED + 1))
        count = builder.zext(builder.ctpop(new), args[1].type)
        return builder.sub(builder.add(args[1], count.type(SUMMED)), count)

    return types.int64(recent, types.int64, types.int64), generate


PATIENCE = 2000
"""Looks after which a thread that waits gives its processor to others."""


@_inlined
def until(address, index, value, relax):
    """Wait until another thread has set an element to this value; ``relax`` is for `give_way`."""
    patience = PATIENCE
    while i8_now(address, index) != value:
        patience -= 1
        if patience < 0:
            give_way(relax)
