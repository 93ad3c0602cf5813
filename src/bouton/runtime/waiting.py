"""What was deferred and still waits when a run ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, final

from numpy.typing import NDArray

from bouton.backends.memory import Memory
from bouton.backends.program import AbstractProgram
from bouton.plan.nodes import stores
from bouton.plan.plan import Plan


@final
class Waiting:
    """Brings synapses up to date for who looks at them between runs, and takes that back before the next run.

    So looking changes nothing, not a last bit: several events of one neuron that are carried out together may be rounded
    otherwise than one by one. What is set between runs makes it final.
    """

    def __init__(self) -> None:
        self._waits = False
        self._before: dict[tuple[str, str], NDArray[Any]] | None = None

    @property
    def waits(self) -> bool:
        """True if something may wait."""
        return self._waits

    def begin(self) -> None:
        """Something may wait from now on."""
        self._waits = True

    def return_to(self, *, waits: bool) -> None:
        """Go on from a moment at which nobody was looking."""
        self._waits, self._before = waits, None

    def look(self, plan: Plan, program: Callable[[], AbstractProgram], step: int, dt: float, memory: Memory) -> bool:
        """Bring synapses up to date; True if that may have changed them. ``program`` makes what does it, if need be."""
        if not (self._waits and plan.settling) or self._before is not None:
            return False
        settler = program()
        before = {key: memory.copies(key).copy() for key in written(plan)}
        settler.settle(step, dt, memory)
        self._before = before
        return True

    def take_back(self, memory: Memory) -> None:
        """Let wait again what was brought up to date for who looked."""
        for key, values in (self._before or {}).items():
            memory.copies(key)[:] = values
        self._before = None

    def settle(self, plan: Plan, program: Callable[[], AbstractProgram], step: int, dt: float, memory: Memory) -> None:
        """Bring synapses up to date for good."""
        if self._waits and plan.settling and self._before is None:
            program().settle(step, dt, memory)
        self.forget()

    def forget(self) -> None:
        """Nothing waits any more."""
        self._waits, self._before = False, None


def written(plan: Plan) -> frozenset[tuple[str, str]]:
    """The slots that settling changes."""
    return frozenset(call.slots[store.array].key for call in plan.settling for store in stores(call.kernel.statements))
