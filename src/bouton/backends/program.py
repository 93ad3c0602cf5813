"""What a backend makes of a plan."""

from __future__ import annotations

from abc import ABC, abstractmethod

from bouton.backends.memory import Memory, Taps
from bouton.plan.nodes import Plan


class AbstractProgram(ABC):
    """A plan that can be run on memory."""

    @abstractmethod
    def run(self, first: int, stop: int, dt: float, memory: Memory, taps: Taps) -> int:
        """Run the steps from ``first`` up to ``stop`` (exclusive); returns the step reached.

        It stops early, between steps, when a buffer of ``taps`` might not hold the next step.
        """

    @property
    @abstractmethod
    def sources(self) -> dict[str, str]:
        """The readable source of each kernel and of the program, by name."""


def sample_positions(plan: Plan) -> tuple[str, ...]:
    """Where in a step recorders may sample; the index in this tuple is the position in `Taps`."""
    return tuple(phase.name for phase in plan.phases)
