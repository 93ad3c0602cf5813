"""What compiled kernels are given: a table with the address and the size of each of their slots.

All kernels have one type, `KERNEL`, so that one loop over steps (`bouton.kernels.loop.advance`) serves every plan and
only the kernels of a model are ever compiled for it. Slots are reached by address, not as arrays: LLVM then sees
two instructions in the place of forty, and a kernel needs nothing of Numba when it runs. LLVM is told that the slots
of a kernel do not overlap, which lets it vectorise without asking first.
"""

# mypy: ignore-errors
from __future__ import annotations

import operator
from typing import Any

from llvmlite import ir
from numba import cfunc, types
from numba.extending import intrinsic, lower_builtin, models, register_model

_i8, _f8 = types.int64, types.float64
_TABLE = types.CPointer(_i8)
KERNEL = types.void(_i8, _i8, _f8, _i8, _i8, _TABLE)
"""``kernel(step, clock, dt, age, group, slots)``."""

kernel: Any = cfunc(KERNEL, error_model="numpy")
"""Compiles a kernel."""


def _entry(context, builder, table, number, column):
    """The address or the size of a slot."""
    place = builder.add(builder.shl(number, number.type(1)), number.type(column))
    return builder.load(builder.gep(table, [place]))


class Slot(types.CPointer):
    """The elements of a slot; ``number`` is its place in the kernel's table."""

    def __init__(self, dtype, number):
        super().__init__(dtype)
        self.name = f"slot {number} of {dtype}"
        self.number = number


register_model(Slot)(models.PointerModel)

_SCOPES = 64  # slots beyond may overlap, for all that LLVM knows


def apart(builder, instruction, number):
    """Tell LLVM that an access to one slot touches no other."""
    if number < _SCOPES:
        module = builder.module
        domain = module.add_metadata(["bouton"])
        scopes = [module.add_metadata([f"slot {n}", domain]) for n in range(_SCOPES)]
        others = scopes[:number] + scopes[number + 1 :]
        instruction.set_metadata("alias.scope", module.add_metadata([scopes[number]]))
        instruction.set_metadata("noalias", module.add_metadata(others))
    return instruction


@lower_builtin(operator.getitem, Slot, types.Integer)
def _read(context, builder, signature, args):
    slot, index = signature.args
    place = context.cast(builder, args[1], index, _i8)
    return apart(builder, builder.load(builder.gep(args[0], [place])), slot.number)


@lower_builtin(operator.setitem, Slot, types.Integer, types.Any)
def _write(context, builder, signature, args):
    slot, index, kind = signature.args
    place = context.cast(builder, args[1], index, _i8)
    value = context.cast(builder, args[2], kind, slot.dtype)
    apart(builder, builder.store(value, builder.gep(args[0], [place])), slot.number)
    return context.get_dummy_value()


def _pointer(item):
    @intrinsic(prefer_literal=True)
    def pointer(typing, slots, number):
        def generate(context, builder, signature, args):
            where = context.cast(builder, args[1], signature.args[1], _i8)
            return builder.inttoptr(_entry(context, builder, args[0], where, 0), context.get_data_type(item).as_pointer())

        if isinstance(number, types.IntegerLiteral):
            return Slot(item, number.literal_value)(_TABLE, number), generate
        return None

    return pointer


def room(builder, kind):
    """Memory on the stack from the beginning of a line, not cleared."""
    with builder.goto_entry_block():
        place = builder.alloca(kind)
        place.align = 64
        return place


def _scratch(item, length):
    @intrinsic(prefer_literal=True)
    def scratch(typing, number):
        def generate(context, builder, signature, args):
            kind = context.get_data_type(item)
            return builder.bitcast(room(builder, ir.ArrayType(kind, length)), kind.as_pointer())

        if isinstance(number, types.IntegerLiteral):
            return Slot(item, _SCOPES - 1 - number.literal_value)(number), generate
        return None

    return scratch


SCRATCH, FLAGS = 512, 1024 + 63
scratch, scratch_i8, scratch_i1 = (
    _scratch(kind, length) for kind, length in ((types.float64, SCRATCH), (types.int64, SCRATCH), (types.int8, FLAGS))
)
"""Room for `SCRATCH` numbers, or for `FLAGS` bytes; the argument tells one from another."""


@intrinsic
def flagged(typing, flags, index):
    """Which of 64 bytes are not 0, as the bits of a number."""

    def generate(context, builder, signature, args):
        lanes = ir.VectorType(ir.IntType(8), 64)
        place = builder.bitcast(builder.gep(args[0], [args[1]]), lanes.as_pointer())
        loaded = apart(builder, builder.load(place, align=1), flags.number)
        return builder.bitcast(builder.icmp_unsigned("!=", loaded, ir.Constant(lanes, [0] * 64)), ir.IntType(64))

    return _i8(flags, _i8), generate


@intrinsic
def lowest(typing, bits):
    """The number of the lowest bit that is set."""

    def generate(context, builder, signature, args):
        return builder.cttz(args[0], ir.Constant(ir.IntType(1), 1))

    return _i8(_i8), generate


def _value(item):
    @intrinsic
    def value(typing, slots, number):
        def generate(context, builder, signature, args):
            address = _entry(context, builder, *args, 0)
            return builder.load(builder.inttoptr(address, context.get_data_type(item).as_pointer()))

        return item(_TABLE, _i8), generate

    return value


f8, f4, i2, i4, i8 = (_pointer(kind) for kind in (types.float64, types.float32, types.int16, types.int32, types.int64))
f8_value, f4_value, i4_value, i8_value = (_value(kind) for kind in (types.float64, types.float32, types.int32, types.int64))


@intrinsic
def size(typing, slots, number):
    """The number of elements of a slot."""

    def generate(context, builder, signature, args):
        return _entry(context, builder, *args, 1)

    return _i8(_TABLE, _i8), generate


def _prefetch(builder, place, writes):
    """Ask for a line of memory, to keep it near and perhaps to write to it."""
    kind = ir.FunctionType(ir.VoidType(), [ir.IntType(8).as_pointer()] + 3 * [ir.IntType(32)])
    function = builder.module.globals.get("llvm.prefetch.p0") or ir.Function(builder.module, kind, "llvm.prefetch.p0")
    builder.call(function, [place, *(ir.Constant(ir.IntType(32), flag) for flag in (writes, 3, 1))])


@intrinsic
def prefetch_line(typing, slot, index):
    """Ask for the line of memory that an element lies in, which is read soon."""

    def generate(context, builder, signature, args):
        place = builder.gep(args[0], [context.cast(builder, args[1], signature.args[1], _i8)])
        _prefetch(builder, builder.bitcast(place, ir.IntType(8).as_pointer()), writes=0)
        return context.get_dummy_value()

    return types.void(slot, index), generate


def _at(item):
    @intrinsic
    def at(typing, address, index):
        def generate(context, builder, signature, args):
            pointer = builder.inttoptr(args[0], context.get_data_type(item).as_pointer())
            return builder.load(builder.gep(pointer, [args[1]]))

        return item(_i8, _i8), generate

    return at


i4_at, i8_at = _at(types.int32), _at(types.int64)
"""The element ``index`` of the array at an address."""


def _put(item):
    @intrinsic
    def put(typing, address, index, value):
        def generate(context, builder, signature, args):
            pointer = builder.inttoptr(args[0], context.get_data_type(item).as_pointer())
            builder.store(context.cast(builder, args[2], signature.args[2], item), builder.gep(pointer, [args[1]]))
            return context.get_dummy_value()

        return types.void(_i8, _i8, value), generate

    return put


i4_put, i8_put = _put(types.int32), _put(types.int64)
"""Set the element ``index`` of the array at an address."""


@intrinsic
def address(typing, slots, number):
    """Where a slot lies."""

    def generate(context, builder, signature, args):
        return _entry(context, builder, *args, 0)

    return _i8(_TABLE, _i8), generate


@intrinsic
def add_at(typing, address, index, value):
    """Add to an element that other threads add to as well; returns what it was. Nothing moves across."""

    def generate(context, builder, signature, args):
        pointer = builder.gep(builder.inttoptr(args[0], ir.IntType(64).as_pointer()), [args[1]])
        return builder.atomic_rmw("add", pointer, args[2], "seq_cst")

    return _i8(_i8, _i8, _i8), generate


@intrinsic
def i8_now(typing, address, index):
    """An element as another thread may just have set it. Nothing that comes later moves before."""

    def generate(context, builder, signature, args):
        pointer = builder.gep(builder.inttoptr(args[0], ir.IntType(64).as_pointer()), [args[1]])
        return builder.load_atomic(pointer, "seq_cst", 8)

    return _i8(_i8, _i8), generate


@intrinsic
def i8_release(typing, address, index, value):
    """Set an element that other threads wait for. Nothing that came before moves after."""

    def generate(context, builder, signature, args):
        pointer = builder.gep(builder.inttoptr(args[0], ir.IntType(64).as_pointer()), [args[1]])
        builder.store_atomic(args[2], pointer, "release", 8)
        return context.get_dummy_value()

    return types.void(_i8, _i8, _i8), generate


def _line(writes):
    @intrinsic
    def line(typing, address):
        def generate(context, builder, signature, args):
            _prefetch(builder, builder.inttoptr(args[0], ir.IntType(8).as_pointer()), writes)
            return context.get_dummy_value()

        return types.void(_i8), generate

    return line


near_line, own_line = _line(0), _line(1)
"""Ask for the line of memory at an address, to read it soon, or to write to it."""


@intrinsic
def give_way(typing, entry):
    """Call a function without arguments that lets other threads have the processor."""

    def generate(context, builder, signature, args):
        kind = ir.FunctionType(ir.IntType(32), [])
        builder.call(builder.inttoptr(args[0], kind.as_pointer()), [])
        return context.get_dummy_value()

    return types.void(_i8), generate


@intrinsic
def call(typing, entry, step, clock, dt, age, group, slots):
    """Call the kernel at the address ``entry`` with the table at the address ``slots``."""

    def generate(context, builder, signature, args):
        given = [context.get_data_type(t) for t in KERNEL.args]
        kind = ir.FunctionType(ir.VoidType(), given)
        builder.call(builder.inttoptr(args[0], kind.as_pointer()), [*args[1:6], builder.inttoptr(args[6], given[5])])
        return context.get_dummy_value()

    return types.void(_i8, _i8, _i8, _f8, _i8, _i8, _i8), generate


@intrinsic
def ticks(typing):
    """The processor's counter of cycles."""

    def generate(context, builder, signature, args):
        counter = ir.FunctionType(ir.IntType(64), [])
        return builder.call(builder.module.declare_intrinsic("llvm.readcyclecounter", (), counter), [])

    return _i8(), generate
