"""What a backend makes of a plan."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from bouton.backends.memory import Memory, Taps
from bouton.errors import Code, SimulationError
from bouton.plan.plan import Call, Plan


@dataclass(frozen=True)
class Measured:
    """What one call of a plan, or the recorders in a phase (``call`` None), took so far.

    ``cycles`` of the processor, ``calls``, and for events the ``spikes`` handled.
    """

    phase: str
    call: Call | None
    cycles: int
    calls: int
    spikes: int


class AbstractProgram(ABC):
    """A plan that can be run on memory."""

    @abstractmethod
    def run(self, first: int, stop: int, dt: float, memory: Memory, taps: Taps) -> int:
        """Run the steps from ``first`` up to ``stop`` (exclusive); returns the step reached.

        It stops early, between steps, when a buffer of ``taps`` might not hold the next step.
        """

    @abstractmethod
    def settle(self, step: int, dt: float, memory: Memory) -> None:
        """Bring up to date what was deferred before ``step``, which comes next."""

    @abstractmethod
    def renew(self, step: int, dt: float, memory: Memory) -> None:
        """Make anew, before a run from ``step`` on, what follows from variables that may have been set."""

    def measure(self, *, on: bool) -> None:
        """Keep a record of what takes how long from now on, or no longer. Raises SimulationError (E506) if it cannot."""
        if not on:
            return
        raise SimulationError(
            Code.UNSUPPORTED, "the interpreter is not measured", where="Simulation.run", expected="backend='cpu' for a profile"
        )

    def measured(self) -> tuple[Measured, ...]:
        """What was measured so far."""
        return ()

    @property
    @abstractmethod
    def sources(self) -> dict[str, str]:
        """The readable source of each kernel and of the program, by name."""


def sample_positions(plan: Plan) -> tuple[str, ...]:
    """Where in a step recorders may sample; the index in this tuple is the position in `Taps`."""
    return tuple(phase.name for phase in plan.phases)
