"""A simulation as it was between two runs, to go back to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, final

from bouton.runtime.planner import Decisions
from bouton.runtime.remembered import Remembered

if TYPE_CHECKING:
    from bouton.units import Quantity


@final
@dataclass(frozen=True)
class Moment:
    """What `bouton.Simulation.save` returns, for `bouton.Simulation.restore` of the same simulation.

    It holds all that a run changes, with spikes that are under way and what waits to be carried out; the parameters, rates, spike
    times and delays that held; which synapses there were. It does not hold recordings. ``t`` is its time.
    """

    t: Quantity
    step: int = field(repr=False)
    seed: int = field(repr=False)
    state: Remembered = field(repr=False)
    decisions: Decisions = field(repr=False)
    waits: bool = field(repr=False)
    asked: int = field(repr=False)
    of: Any = field(repr=False)
    """What tells one simulation from others."""

    @property
    def nbytes(self) -> int:
        """Bytes of what a run changes."""
        return sum(array.nbytes for array in self.state.arrays.values())
