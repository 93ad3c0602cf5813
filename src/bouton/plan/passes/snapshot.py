"""Keep the values of a phase's start for objects that read others which that phase changes.

All right-hand sides of a phase read the values at its start. Calls run one after another, so where a
call reads a slot of another object that an earlier call of the phase has written, it gets a copy.
"""

from __future__ import annotations

import dataclasses

from bouton.plan.nodes import Arg, Kernel, Slot, stores
from bouton.plan.plan import Call, Phase


def snapshot(phase: Phase) -> tuple[Phase, tuple[Slot, ...]]:
    """The phase with copies where they are needed, and the slots of the copies."""
    written: set[Slot] = set()
    copies: dict[Slot, Slot] = {}
    calls: list[Call] = []
    for call in phase.calls:
        own = stored(call)
        stale = {n: s for n, s in call.slots.items() if s.owner != call.owner and s in written and s not in own}
        for slot in stale.values():
            copies[slot] = Slot(slot.owner, f"{slot.name} at start of {phase.name}", slot.dtype, slot.shape)
        rebound = {n: copies[s] if n in stale else s for n, s in call.slots.items()}
        calls.append(dataclasses.replace(call, slots=rebound) if stale else call)
        written |= own
    before = tuple(_copy(slot, copy) for slot, copy in copies.items())
    return dataclasses.replace(phase, calls=(*before, *calls)), tuple(copies.values())


def stored(call: Call) -> set[Slot]:
    """The slots a call writes."""
    return {call.slots[store.array] for store in stores(call.kernel.statements)}


def _copy(slot: Slot, copy: Slot) -> Call:
    args = (Arg("values", slot.dtype, array=True), Arg("copy", slot.dtype, array=True))
    return Call(Kernel("copy_values", "builtin", args), slot.owner, {"values": slot, "copy": copy})
