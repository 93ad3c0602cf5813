"""A state as it was, to go back to."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from bouton.errors import Code, SimulationError
from bouton.plan.plan import Plan
from bouton.runtime.parts import file_onto_parts

if TYPE_CHECKING:
    from bouton.runtime.state import State

CHANGING = ("seed", "given", "spike_data", "rate_version", "learning", "topologies", "grown", "deepest", "limits")
"""What changes in a state, besides plan and memory. What dictionaries hold is never written to, but replaced."""


@dataclass(frozen=True)
class Remembered:
    """A state as it was: what changes in it by name, and the contents of slots, shape (threads or 1, size)."""

    kept: Mapping[str, Any]
    arrays: Mapping[tuple[str, str], NDArray[Any]]
    shared: Mapping[tuple[str, str], tuple[str, str]] | None
    """Which slots stood for which others; None if that is not known."""

    def with_seed(self, seed: int) -> Remembered:
        """The same, but for random numbers to come."""
        return replace(self, kept={**self.kept, "seed": seed})


def remember(state: State) -> Remembered:
    """All that `return_to` needs to make a state what it is now."""
    passing = {slot.key for merge in state.plan.merges for slot in merge.passing()}
    own = {slot.key for slot in state.plan.slots if slot.role == "state"} - set(state.memory.shared) - passing
    arrays = {key: state.memory.copies(key).copy() for key in sorted(own)}
    return Remembered({name: copy(getattr(state, name)) for name in CHANGING}, arrays, dict(state.memory.shared))


def return_to(state: State, then: Remembered, plan: Plan) -> None:
    """Let a state become what it was; ``plan`` is the plan of then, for any number of threads.

    Raises SimulationError (E606), and changes nothing, if what was remembered has other sizes.
    """
    same = state.plan is plan and state.memory.shared == then.shared
    same = same and all(_is_same(getattr(state, name), value) for name, value in then.kept.items())
    before = vars(state).copy()
    for name, value in then.kept.items():
        setattr(state, name, copy(value))
    if not same:
        state.plan = plan
        state.memory = state.allocate()
    for key, values in then.arrays.items():
        if key in state.memory.place and (found := state.memory.copies(key).shape[1]) != values.shape[1]:
            vars(state).update(before)
            raise SimulationError(
                Code.OTHER_MOMENT,
                f"{key[1]!r} of {key[0]!r} has {values.shape[1]} values there, and {found} here",
                where="Simulation.restore",
                expected="a moment of the same network",
            )
    for key, values in then.arrays.items():
        if key in state.memory.place:
            copies = state.memory.copies(key)
            copies[:] = values if len(values) == len(copies) else values[0]
    for merge in plan.merges:
        file_onto_parts(merge, state.memory)


def _is_same(one: Any, other: Any) -> bool:
    """True if two dictionaries hold the same objects, or are equal numbers or nothing."""
    if not isinstance(one, dict) or not isinstance(other, dict):
        return bool(one == other)
    return one.keys() == other.keys() and all(v is other[k] or (isinstance(v, int) and v == other[k]) for k, v in one.items())
